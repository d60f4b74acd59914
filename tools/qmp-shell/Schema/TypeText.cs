namespace Qmp.Shell.Schema;

/// <summary>Types in a few words.</summary>
internal static class TypeText
{
    /// <summary>Longer enumerations are cut where the text is part of a sentence.</summary>
    private const int ShownValues = 24;

    /// <summary>A type within a sentence.</summary>
    public static string Of(LiveSchema schema, SchemaType type) => type switch
    {
        BuiltinType builtin => OfJson(builtin.JsonType),
        EnumType values => "one of " + Join(values.Values.Select(v => v.Name), ", "),
        ArrayType array => $"a list of {Short(schema, schema.TypeOf(array.Element))}",
        AlternateType alternate => string.Join(" or ", alternate.Branches.Select(b => Of(schema, schema.TypeOf(b)))),
        _ => "an object",
    };

    /// <summary>A type in a table.</summary>
    public static string Short(LiveSchema schema, SchemaType type) => type switch
    {
        BuiltinType builtin => builtin.Name,
        EnumType values => string.Join(" | ", values.Values.Select(v => v.Name)),
        ArrayType array => $"[{Element(schema, schema.TypeOf(array.Element))}]",
        AlternateType alternate => string.Join(" | ", alternate.Branches.Select(b => Short(schema, schema.TypeOf(b)))),
        _ => "object",
    };

    private static string Element(LiveSchema schema, SchemaType type) =>
        type is EnumType or AlternateType ? $"({Short(schema, type)})" : Short(schema, type);

    private static string OfJson(string jsonType) => jsonType switch
    {
        "string" => "a string",
        "int" => "an integer",
        "number" => "a number",
        "boolean" => "true or false",
        "null" => "null",
        _ => "any value",
    };

    private static string Join(IEnumerable<string> names, string separator)
    {
        string[] all = [.. names];
        return all.Length <= ShownValues
            ? string.Join(separator, all)
            : string.Join(separator, all[..ShownValues]) + " and others";
    }
}
