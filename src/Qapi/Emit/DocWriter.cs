using System.Text;
using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Documentation comments of the schema as XML documentation.</summary>
internal static class DocWriter
{
    /// <summary>A summary of one sentence that is not from the schema.</summary>
    public static void Summary(SourceWriter writer, string text) => Tag(writer, "summary", [[text]]);

    /// <summary>A member, value or branch; <paramref name="otherwise"/> where the schema says nothing.</summary>
    public static void Member(SourceWriter writer, SchemaMember member, string otherwise)
    {
        var paragraphs = Paragraphs(member.Documentation);
        if (paragraphs.Count == 0)
            Summary(writer, otherwise);
        else
            Tag(writer, "summary", Capitalized(paragraphs));
    }

    /// <summary>A type, command or event.</summary>
    public static void Entity(SourceWriter writer, SchemaEntity entity, string otherwise)
    {
        var doc = entity.Documentation;
        var body = Paragraphs(doc?.Body);
        if (body.Count == 0)
            Summary(writer, otherwise);
        else
            Tag(writer, "summary", [body[0]]);
        if (doc is null)
            return;
        var remarks = body.Skip(1).ToList();
        foreach (var section in doc.Sections)
        {
            var tag = section.Kind switch
            {
                DocSectionKind.Errors => "Errors:",
                DocSectionKind.Since => "Since",
                DocSectionKind.Plain => "",
                _ => null,
            };
            var paragraphs = Paragraphs(section);
            if (tag is null || paragraphs.Count == 0)
                continue;
            if (tag.Length > 0 && (paragraphs.Count > 1 || IsList(paragraphs[0])))
                remarks.Add([tag]);
            else if (tag.Length > 0)
                paragraphs[0] = [$"{tag} {paragraphs[0][0]}", .. paragraphs[0].Skip(1)];
            remarks.AddRange(paragraphs);
        }
        if (remarks.Count > 0)
            Tag(writer, "remarks", remarks);
    }

    /// <summary>What a command returns.</summary>
    public static void Returns(SourceWriter writer, Command command)
    {
        if (Paragraphs(command.Documentation?.Returns) is { Count: > 0 } paragraphs)
            Tag(writer, "returns", Capitalized(paragraphs));
    }

    /// <summary>The first paragraph of a section in one line, as plain text; empty if there is none.</summary>
    public static string FirstParagraph(DocSection? section)
    {
        var first = Split(section).FirstOrDefault();
        return first is null ? "" : DocReference.Replace(string.Join(" ", first), "", "");
    }

    private static void Tag(SourceWriter writer, string tag, List<string[]> paragraphs)
    {
        if (paragraphs.Count == 1 && paragraphs[0].Length == 1 && !IsList(paragraphs[0]))
        {
            writer.Line($"/// <{tag}>{paragraphs[0][0]}</{tag}>");
            return;
        }
        writer.Line($"/// <{tag}>");
        foreach (var paragraph in paragraphs)
        {
            if (IsList(paragraph))
                List(writer, paragraph);
            else if (paragraphs.Count == 1)
                Array.ForEach(paragraph, line => writer.Line($"/// {line}"));
            else if (paragraph.Length == 1)
                writer.Line($"/// <para>{paragraph[0]}</para>");
            else
            {
                writer.Line("/// <para>");
                Array.ForEach(paragraph, line => writer.Line($"/// {line}"));
                writer.Line("/// </para>");
            }
        }
        writer.Line($"/// </{tag}>");
    }

    /// <summary>Capitalises text that follows a tag in the schema, where it often begins in lower case.</summary>
    private static List<string[]> Capitalized(List<string[]> paragraphs)
    {
        var first = paragraphs[0][0];
        paragraphs[0][0] = char.ToUpperInvariant(first[0]) + first.Substring(1);
        return paragraphs;
    }

    private static bool IsList(string[] paragraph) => IsItem(paragraph[0]);

    private static bool IsItem(string line) =>
        line.StartsWith("- ", StringComparison.Ordinal) || line.StartsWith("* ", StringComparison.Ordinal);

    private static void List(SourceWriter writer, string[] lines)
    {
        writer.Line("/// <list type=\"bullet\">");
        for (var i = 0; i < lines.Length; i++)
        {
            var begin = IsItem(lines[i]) ? "<item><description>" + lines[i].Substring(2) : lines[i];
            var end = i + 1 == lines.Length || IsItem(lines[i + 1]) ? "</description></item>" : "";
            writer.Line($"/// {begin}{end}");
        }
        writer.Line("/// </list>");
    }

    private static List<string[]> Paragraphs(DocSection? section) =>
        [.. Split(section).Select(lines => lines.Select(Markup).ToArray())];

    private static List<List<string>> Split(DocSection? section)
    {
        var paragraphs = new List<List<string>>();
        var atStart = true;
        foreach (var line in section?.Lines ?? [])
        {
            var text = line.Trim();
            if (text.Length > 0)
            {
                if (atStart)
                    paragraphs.Add([]);
                paragraphs[paragraphs.Count - 1].Add(text);
            }
            atStart = text.Length == 0;
        }
        return paragraphs;
    }

    private static string Markup(string line)
    {
        var text = new StringBuilder(line.Length);
        foreach (var c in line)
        {
            _ = c switch
            {
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                '>' => text.Append("&gt;"),
                // These end a line of C#, or are not allowed in XML.
                < ' ' or '\u0085' or '\u2028' or '\u2029' or '\uFFFE' or '\uFFFF' => text.Append(' '),
                _ => text.Append(c),
            };
        }
        return DocReference.Replace(text.ToString(), "<c>", "</c>");
    }
}
