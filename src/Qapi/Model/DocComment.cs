namespace Qapi.Model;

/// <summary>A documentation comment block (qapi-code-gen, "Documentation comments").</summary>
internal sealed class DocComment
{
    public DocComment(SourceLocation location, string? symbol, IReadOnlyList<DocSection> sections,
        IReadOnlyList<string> lines)
    {
        Location = location;
        Symbol = symbol;
        Lines = lines;
        Body = sections[0];
        Members = [.. sections.Where(section => section.Kind == DocSectionKind.Member)];
        Features = [.. sections.Where(section => section.Kind == DocSectionKind.Feature)];
        Sections = [.. sections.Skip(1).Where(section => section.Name is null)];
    }

    /// <summary>The line of the opening <c>##</c>.</summary>
    public SourceLocation Location { get; }

    /// <summary>The definition described; null for a free-form comment.</summary>
    public string? Symbol { get; }

    /// <summary>The block's lines between its <c>##</c>, without comment signs.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The paragraphs before the first section; empty if the comment begins with one.</summary>
    public DocSection Body { get; }

    /// <summary>Descriptions of members, in source order.</summary>
    public IReadOnlyList<DocSection> Members { get; }

    /// <summary>Descriptions of features, in source order.</summary>
    public IReadOnlyList<DocSection> Features { get; }

    /// <summary>Tagged sections and later paragraphs, in source order.</summary>
    public IReadOnlyList<DocSection> Sections { get; }

    /// <summary>What a command returns; null if not described.</summary>
    public DocSection? Returns => Find(DocSectionKind.Returns);

    /// <summary>The errors of a command; null if not described.</summary>
    public DocSection? Errors => Find(DocSectionKind.Errors);

    /// <summary>The version that brought the definition; null if not given.</summary>
    public DocSection? Since => Find(DocSectionKind.Since);

    private DocSection? Find(DocSectionKind kind) => Sections.FirstOrDefault(section => section.Kind == kind);
}
