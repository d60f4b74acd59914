using Qmp.Shell.Documentation;
using Qmp.Shell.Language;

namespace Qmp.Shell.Schema;

/// <summary>Lists the members of objects with what is known of them in words, those of inner objects indented.</summary>
/// <param name="schema">The server's schema.</param>
/// <param name="width">Columns.</param>
internal sealed class MemberTable(LiveSchema schema, int width)
{
    private const int MaxDepth = 4;
    private const string Separator = " | ";

    /// <summary>With more variants than that, only the one that was asked for is shown.</summary>
    private const int ShownVariants = 6;

    // What is being described: types may contain themselves.
    private readonly HashSet<string> _open = [];

    /// <summary>A line a member, and its description below it.</summary>
    /// <param name="type">An object, or a list of objects.</param>
    /// <param name="words">What is said of it; <see langword="null"/> if that is nothing.</param>
    /// <param name="chosen">Values that choose variants, by name.</param>
    public IEnumerable<string> Lines(SchemaType type, DescribedType? words, ObjectNode? chosen) =>
        Lines(type, words, chosen, "  ", 1);

    /// <summary>One member alone, and what its values mean.</summary>
    public IEnumerable<string> Member(SchemaMember member, DescribedType? words)
    {
        foreach (string line in Head(member, member.Name.Length, "  ")) yield return line;
        foreach (string line in Text(words?.Of(member.Name), "      ")) yield return line;
        DescribedType? inner = words?.Enter(member.Name);
        SchemaType type = schema.TypeOf(member.Type);
        foreach (string line in ValuesOf(type, inner)) yield return line;
        foreach (string line in Lines(type, inner, null, "      ", 2)) yield return line;
    }

    private IEnumerable<string> ValuesOf(SchemaType type, DescribedType? words)
    {
        SchemaType inner = type is ArrayType array ? schema.TypeOf(array.Element) : type;
        if (inner is not EnumType values) yield break;
        foreach (string value in values.Values.Select(v => v.Name))
        {
            if (words?.Of(value) is not { Count: > 0 } text) continue;
            yield return $"      {value}";
            foreach (string line in Text(text, "          ")) yield return line;
        }
    }

    private IEnumerable<string> Lines(SchemaType type, DescribedType? words, ArgumentNode? chosen, string indent, int depth)
    {
        if (ObjectIn(type) is not { } members || depth > MaxDepth || !_open.Add(members.Name)) yield break;
        var node = chosen as ObjectNode;
        foreach (string line in Table(members.Members, words, node, indent, depth)) yield return line;
        if (members.Tag is { } tag)
        {
            foreach (string line in Variants(members, words, tag, node, indent, depth)) yield return line;
        }

        _open.Remove(members.Name);
    }

    private IEnumerable<string> Table(
        IReadOnlyList<SchemaMember> members, DescribedType? words, ObjectNode? chosen, string indent, int depth)
    {
        int longest = members.Count == 0 ? 0 : members.Max(m => m.Name.Length);
        foreach (SchemaMember member in members)
        {
            foreach (string line in Head(member, longest, indent)) yield return line;
            foreach (string line in Text(words?.Of(member.Name), indent + "    ")) yield return line;
            ArgumentNode? inner = chosen?.Members.GetValueOrDefault(member.Name);
            foreach (string line in Lines(
                schema.TypeOf(member.Type), words?.Enter(member.Name), inner, indent + "    ", depth + 1))
            {
                yield return line;
            }
        }
    }

    private IEnumerable<string> Head(SchemaMember member, int longest, string indent)
    {
        string flags = string.Concat(member.Features.Select(f => $"  [{f}]"));
        string optional = member.IsOptional ? ", optional" : "";
        string text = $"{indent}{member.Name.PadRight(longest)}  {TypeText.Short(schema, schema.TypeOf(member.Type))}{optional}{flags}";
        return Wrap(text, new string(' ', indent.Length + longest + 2));
    }

    private IEnumerable<string> Text(IReadOnlyList<string>? paragraphs, string indent) =>
        (paragraphs ?? []).SelectMany(p => DescriptionText.Wrap(p, indent, width));

    private IEnumerable<string> Variants(
        ObjectType type, DescribedType? words, string tag, ObjectNode? chosen, string indent, int depth)
    {
        string? value = TagValue.Of(type, chosen);
        KeyValuePair<string, string>[] variants =
            [.. type.Variants.Where(v => schema.TypeOf(v.Value) is ObjectType { Members.Count: > 0 })];
        if (value is null && variants.Length > ShownVariants)
        {
            yield return $"{indent}and others that depend on {tag}: add {tag}=VALUE to the question";
            yield break;
        }

        foreach ((string name, string variant) in variants.Where(v => value is null || v.Key == value))
        {
            yield return $"{indent}with {tag}={name}:";
            foreach (string line in Lines(schema.TypeOf(variant), words?.Variant(name), chosen, indent + "  ", depth))
            {
                yield return line;
            }
        }
    }

    /// <summary>Breaks a long enumeration between its values.</summary>
    private IEnumerable<string> Wrap(string line, string indent)
    {
        while (line.Length > width)
        {
            int place = width > indent.Length
                ? line.LastIndexOf(Separator, width, width - indent.Length, StringComparison.Ordinal)
                : -1;
            if (place < 0) break;
            yield return line[..(place + Separator.Length - 1)];
            line = indent + line[(place + Separator.Length)..];
        }

        yield return line;
    }

    private ObjectType? ObjectIn(SchemaType type) => type switch
    {
        ObjectType members => members,
        ArrayType array => ObjectIn(schema.TypeOf(array.Element)),
        AlternateType alternate => alternate.Branches.Select(schema.TypeOf).Select(ObjectIn).FirstOrDefault(o => o is not null),
        _ => null,
    };
}
