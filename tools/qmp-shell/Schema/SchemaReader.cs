using Newtonsoft.Json.Linq;

namespace Qmp.Shell.Schema;

/// <summary>Reads what <c>query-qmp-schema</c> lists (qapi-code-gen, "Client JSON Protocol introspection").</summary>
internal static class SchemaReader
{
    public const string MetaType = "meta-type";

    public static SchemaCommand ReadCommand(JObject entity) => new(
        Text(entity, "name"),
        Text(entity, "arg-type"),
        Text(entity, "ret-type"),
        entity["allow-oob"] is JValue { Value: true },
        Features(entity));

    public static SchemaEvent ReadEvent(JObject entity) =>
        new(Text(entity, "name"), Text(entity, "arg-type"), Features(entity));

    public static SchemaType ReadType(JObject entity)
    {
        string name = Text(entity, "name");
        return Text(entity, MetaType) switch
        {
            "builtin" => new BuiltinType(name, Text(entity, "json-type")),
            "enum" => new EnumType(name, [.. Values(entity)]),
            "array" => new ArrayType(name, Text(entity, "element-type")),
            "object" => new ObjectType(
                name,
                [.. List(entity, "members").Select(ReadMember)],
                (string?)entity["tag"],
                List(entity, "variants").ToDictionary(v => Text(v, "case"), v => Text(v, "type"))),
            "alternate" => new AlternateType(name, [.. List(entity, "members").Select(b => Text(b, "type"))]),
            var other => throw new FormatException($"the server's schema uses '{name}', a {other}, as a type"),
        };
    }

    public static string Text(JToken entity, string name) =>
        entity is JObject members && members[name] is JValue { Value: string text }
            ? text
            : throw new FormatException($"an entity of the server's schema has no '{name}'");

    // Servers before 6.2 list the names only; later ones list them, too.
    private static IEnumerable<EnumValue> Values(JObject entity) => entity.ContainsKey("members")
        ? List(entity, "members").Select(m => new EnumValue(Text(m, "name"), Features((JObject)m)))
        : List(entity, "values").Select(v => new EnumValue((string)v!, []));

    private static SchemaMember ReadMember(JToken token) => new(
        Text(token, "name"), Text(token, "type"), ((JObject)token).ContainsKey("default"), Features((JObject)token));

    private static IReadOnlyList<string> Features(JObject entity) =>
        entity["features"] is JArray features ? [.. features.Select(f => (string)f!)] : [];

    private static IEnumerable<JToken> List(JObject entity, string name) => entity[name] as JArray ?? [];
}
