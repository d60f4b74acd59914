namespace Qapi.Model;

/// <summary>A part of a documentation comment: paragraphs, a description or a tagged section.</summary>
internal sealed class DocSection
{
    public DocSection(DocSectionKind kind, string? name, SourceLocation location, IEnumerable<string> lines)
    {
        Kind = kind;
        Name = name;
        Location = location;
        Lines = WithoutOuterBlankLines(lines.ToArray());
        Text = string.Join("\n", Lines);
    }

    public DocSectionKind Kind { get; }

    /// <summary>The member or feature described; null for other kinds.</summary>
    public string? Name { get; }

    /// <summary>The line on which the section starts.</summary>
    public SourceLocation Location { get; }

    /// <summary>The lines without comment sign and tag, indentation kept; no blank lines at the ends.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>All lines as one text; empty when the section has none.</summary>
    public string Text { get; }

    private static ArraySegment<string> WithoutOuterBlankLines(string[] lines)
    {
        var first = 0;
        var end = lines.Length;
        while (end > 0 && lines[end - 1].Length == 0)
            end--;
        while (first < end && lines[first].Length == 0)
            first++;
        return new ArraySegment<string>(lines, first, end - first);
    }
}

internal enum DocSectionKind
{
    /// <summary>Paragraphs without a tag.</summary>
    Plain,
    Member,
    Feature,
    Returns,
    Errors,
    Since,
    Todo,
}
