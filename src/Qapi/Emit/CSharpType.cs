using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Schema types as C# types.</summary>
/// <param name="types">The names of types.</param>
/// <param name="qualifier">What stands before a name, such as <c>Types::</c>.</param>
/// <param name="shadowed">Names that mean something else where the code stands.</param>
/// <param name="space">The namespace of the types.</param>
internal sealed class CSharpType(NameTable types, string qualifier, string space, ISet<string>? shadowed = null)
{
    public const string Token = "global::Newtonsoft.Json.Linq.JToken";
    public const string Bag = "global::Newtonsoft.Json.Linq.JObject";

    /// <summary>Whether values of the type are C# values, not objects.</summary>
    public static bool IsValueType(SchemaType type) => type is EnumType or BuiltinType { Name: not ("str" or "any") };

    /// <summary>The type of a mandatory value.</summary>
    public string Of(SchemaType type) => type switch
    {
        BuiltinType builtin => OfBuiltin(builtin.Name),
        ArrayType array => ListOf(Of(array.ElementType)),
        _ => Named(types.Type(type)),
    };

    /// <summary>The type of a member's property.</summary>
    public string Of(ObjectMember member) => Of(member.Type) + (member.IsOptional ? "?" : "");

    /// <summary>A type of the schema's namespace.</summary>
    public string Named(string name) =>
        shadowed is not null && shadowed.Contains(name) ? $"global::{space}.{name}" : qualifier + name;

    public static string ListOf(string element) => $"global::System.Collections.Generic.IReadOnlyList<{element}>";

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
        _ => throw new InvalidOperationException($"{name} is no built-in type"),
    };
}
