using Qapi.Introspection;

namespace Qapi.Diff;

/// <summary>A schema as introspection shows it, by name. Names of types mean nothing outside of it.</summary>
internal sealed class TypeTable
{
    private readonly Dictionary<string, SchemaInfo> _types = [];

    public TypeTable(IEnumerable<SchemaInfo> list)
    {
        foreach (var info in list)
        {
            if (info is SchemaInfo.Command or SchemaInfo.Event)
                Calls.Add((info.MetaType, info.Name), info);
            else
                _types[info.Name] = info;
        }
    }

    /// <summary>Commands and events in order.</summary>
    public OrderedDictionary<(string MetaType, string Name), SchemaInfo> Calls { get; } = [];

    public SchemaInfo Type(string name) => _types[name];

    /// <summary>A type in words, without its name unless that is a built-in one's.</summary>
    public string Describe(SchemaInfo type) => type switch
    {
        SchemaInfo.Builtin builtin => builtin.Name,
        SchemaInfo.Array array => $"list of {Describe(Type(array.ElementType))}",
        SchemaInfo.Object { Tag: not null } => "union",
        _ => type.MetaType,
    };

    /// <summary>What the values of a type look like in JSON; null for several or any.</summary>
    public static string? JsonKind(SchemaInfo type) => type switch
    {
        SchemaInfo.Builtin { JsonType: "int" or "number" } => "number",
        SchemaInfo.Builtin { JsonType: "value" } => null,
        SchemaInfo.Builtin builtin => builtin.JsonType,
        SchemaInfo.Enum => "string",
        SchemaInfo.Array => "array",
        SchemaInfo.Object => "object",
        _ => null,
    };
}
