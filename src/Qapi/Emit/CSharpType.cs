using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Schema types as C# types.</summary>
/// <param name="context">The schema, with the names of its types.</param>
/// <param name="hidden">
/// Names that mean something else where the code stands; null if it stands in another namespace, where none is known.
/// </param>
internal sealed class CSharpType(EmitContext context, ISet<string>? hidden)
{
    public const string Token = "json::JToken";
    public const string Bag = "json::JObject";

    /// <summary>The type of a mandatory value.</summary>
    public string Of(SchemaType type) => type switch
    {
        BuiltinType builtin => OfBuiltin(builtin.Name),
        ArrayType array => ListOf(Of(array.ElementType)),
        _ => Named(context.Types.Type(type)),
    };

    /// <summary>The type of a member's property.</summary>
    public string Of(ObjectMember member) => Of(member.Type) + (context.IsOptional(member) ? "?" : "");

    /// <summary>A type of the schema's namespace.</summary>
    public string Named(string name) => hidden is null || hidden.Contains(name) ? Qualified(name) : name;

    /// <summary>A type of the schema's namespace, wherever the code stands.</summary>
    public static string Qualified(string name) => "types::" + name;

    public static string ListOf(string element) => $"generic::IReadOnlyList<{element}>";

    private string OfBuiltin(string name) => name switch
    {
        "str" => "string",
        "number" => "double",
        "int" or "int64" => "long",
        "int32" => "int",
        "int16" => "short",
        "int8" => "sbyte",
        "uint8" => "byte",
        "uint16" => "ushort",
        "uint32" => "uint",
        "uint64" or "size" => "ulong",
        "bool" => "bool",
        "any" => Token,
        "null" => Named(NameTable.Null),
        _ => throw new InvalidOperationException($"{name} is not a built-in type"),
    };
}
