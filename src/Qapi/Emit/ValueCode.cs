using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Expressions that read and statements that write one value by a visitor.</summary>
internal sealed class ValueCode(EmitContext context)
{
    /// <summary>Types as code outside their namespace names them.</summary>
    public CSharpType Types { get; } = new(context, hidden: null);

    /// <summary>Reads a value that is not a member of an object: an unknown enum text is lost.</summary>
    public string Read(SchemaType type, string visitor, string name) => type switch
    {
        BuiltinType builtin => ReadBuiltin(builtin.Name, visitor, name),
        ArrayType { ElementType: var element } =>
            $"{ApiNames.Support}.ReadList<{Types.Of(element)}>({visitor}, {name}, {Reader(element)})",
        _ => $"{context.Api.Visitor(type)}.Read({visitor}, {name})",
    };

    /// <summary>Reads a mandatory or present member; unknown enum texts go to the variable <c>unknown</c>.</summary>
    public string ReadMember(SchemaType type, string visitor, string name) => type switch
    {
        EnumType => $"{context.Api.Visitor(type)}.ReadMember({visitor}, {name}, ref unknown)",
        ArrayType { ElementType: EnumType element } =>
            $"{context.Api.Visitor(element)}.ReadListMember({visitor}, {name}, ref unknown)",
        _ => Read(type, visitor, name),
    };

    /// <summary>A statement that writes a value.</summary>
    public string Write(SchemaType type, string visitor, string name, string value) => type switch
    {
        BuiltinType builtin => $"{WriteBuiltin(builtin.Name, visitor, name, value)};",
        ArrayType array =>
            $"{ApiNames.Support}.WriteList<{Types.Of(array.ElementType)}>({visitor}, {name}, {value}, "
            + $"{Writer(array.ElementType)});",
        _ => $"{context.Api.Visitor(type)}.Write({visitor}, {name}, {value});",
    };

    /// <summary>A delegate that reads values of the type.</summary>
    public string Reader(SchemaType type) => type is BuiltinType or ArrayType
        ? $"static (visitor, name) => {Read(type, "visitor", "name")}"
        : $"{context.Api.Visitor(type)}.Read";

    /// <summary>A delegate that writes values of the type.</summary>
    public string Writer(SchemaType type) => type is BuiltinType or ArrayType
        ? $"static (visitor, name, value) => {Write(type, "visitor", "name", "value").TrimEnd(';')}"
        : $"{context.Api.Visitor(type)}.Write";

    /// <summary>A delegate that writes a value known as an object only.</summary>
    public string ObjectWriter(SchemaType type) =>
        $"static (visitor, name, value) => {Write(type, "visitor", "name", $"({Types.Of(type)})value").TrimEnd(';')}";

    private static string ReadBuiltin(string type, string visitor, string name)
    {
        return type switch
        {
            "str" => $"{visitor}.ReadString({name})",
            "number" => $"{visitor}.ReadNumber({name})",
            "bool" => $"{visitor}.ReadBool({name})",
            "any" => $"{visitor}.ReadAny({name})",
            "null" => $"{ApiNames.Support}.ReadNull({visitor}, {name})",
            "size" => $"{visitor}.ReadSize({name})",
            "int" or "int64" => $"{visitor}.ReadInt({name}, long.MinValue, long.MaxValue, \"int64_t\")",
            "int32" => Signed("int"),
            "int16" => Signed("short"),
            "int8" => Signed("sbyte"),
            "uint64" => $"{visitor}.ReadUInt({name}, ulong.MaxValue, \"uint64_t\")",
            "uint32" => Unsigned("uint"),
            "uint16" => Unsigned("ushort"),
            "uint8" => Unsigned("byte"),
            _ => throw new InvalidOperationException($"{type} is not a built-in type"),
        };

        string Signed(string csharp) =>
            $"({csharp}){visitor}.ReadInt({name}, {csharp}.MinValue, {csharp}.MaxValue, \"{type}_t\")";

        string Unsigned(string csharp) => $"({csharp}){visitor}.ReadUInt({name}, {csharp}.MaxValue, \"{type}_t\")";
    }

    private static string WriteBuiltin(string type, string visitor, string name, string value) => type switch
    {
        "str" => $"{visitor}.WriteString({name}, {value})",
        "number" => $"{visitor}.WriteNumber({name}, {value})",
        "bool" => $"{visitor}.WriteBool({name}, {value})",
        "any" => $"{visitor}.WriteAny({name}, {value})",
        "null" => $"{visitor}.WriteNull({name})",
        "size" => $"{visitor}.WriteSize({name}, {value})",
        "uint8" or "uint16" or "uint32" or "uint64" => $"{visitor}.WriteUInt({name}, {value})",
        _ => $"{visitor}.WriteInt({name}, {value})",
    };
}
