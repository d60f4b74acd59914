using Qmp.Shell.Language;

namespace Qmp.Shell.Schema;

/// <summary>Lists the members of objects, those of inner objects indented.</summary>
internal sealed class MemberTable(LiveSchema schema)
{
    private const int MaxDepth = 4;
    private const int MaxWidth = 100;
    private const string Separator = " | ";

    /// <summary>With more variants than that, only the one that was asked for is shown.</summary>
    private const int ShownVariants = 6;

    // What is being described: types may contain themselves.
    private readonly HashSet<string> _open = [];

    /// <summary>A line a member.</summary>
    /// <param name="type">An object, or a list of objects.</param>
    /// <param name="chosen">Values that choose variants, by name.</param>
    public IEnumerable<string> Lines(SchemaType type, ObjectNode? chosen) => Lines(type, chosen, "  ", 1);

    private IEnumerable<string> Lines(SchemaType type, ArgumentNode? chosen, string indent, int depth)
    {
        if (ObjectIn(type) is not { } members || depth > MaxDepth || !_open.Add(members.Name)) yield break;
        var node = chosen as ObjectNode;
        foreach (string line in Table(members.Members, node, indent, depth)) yield return line;
        if (members.Tag is { } tag)
        {
            foreach (string line in Variants(members, tag, node, indent, depth)) yield return line;
        }

        _open.Remove(members.Name);
    }

    private IEnumerable<string> Table(
        IReadOnlyList<SchemaMember> members, ObjectNode? chosen, string indent, int depth)
    {
        int width = members.Count == 0 ? 0 : members.Max(m => m.Name.Length);
        foreach (SchemaMember member in members)
        {
            SchemaType type = schema.TypeOf(member.Type);
            string flags = string.Concat(member.Features.Select(f => $"  [{f}]"));
            string optional = member.IsOptional ? ", optional" : "";
            string text = $"{indent}{member.Name.PadRight(width)}  {TypeText.Short(schema, type)}{optional}{flags}";
            foreach (string line in Wrap(text, new string(' ', indent.Length + width + 2))) yield return line;
            ArgumentNode? inner = chosen?.Members.GetValueOrDefault(member.Name);
            foreach (string line in Lines(type, inner, indent + "    ", depth + 1)) yield return line;
        }
    }

    private IEnumerable<string> Variants(
        ObjectType type, string tag, ObjectNode? chosen, string indent, int depth)
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
            foreach (string line in Lines(schema.TypeOf(variant), chosen, indent + "  ", depth)) yield return line;
        }
    }

    /// <summary>Breaks a long enumeration between its values.</summary>
    private static IEnumerable<string> Wrap(string line, string indent)
    {
        while (line.Length > MaxWidth)
        {
            int place = line.LastIndexOf(Separator, MaxWidth, MaxWidth - indent.Length, StringComparison.Ordinal);
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
