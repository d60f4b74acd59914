namespace Qapi.Model;

internal abstract class SchemaType(Header header) : SchemaEntity(header)
{
    /// <summary>What its values look like in JSON.</summary>
    public abstract WireKind Kind { get; }

    /// <summary>Kind and name as messages give them, such as <c>struct type 'Foo'</c>.</summary>
    public abstract string Description { get; }
}

/// <summary>What a value looks like in JSON, as far as alternates tell values apart.</summary>
internal enum WireKind
{
    /// <summary>Anything, or one of several: no alternate can have such a branch.</summary>
    Any,
    Null,
    Number,
    String,
    Object,
    Array,
    Boolean,
}

internal sealed class BuiltinType(string name, WireKind kind, string jsonType) : SchemaType(Header.Predefined(name))
{
    public override WireKind Kind { get; } = kind;

    /// <summary>The type as introspection names it: <c>string</c>, <c>number</c>, <c>int</c>, <c>boolean</c>,
    /// <c>null</c> or <c>value</c>.</summary>
    public string JsonType { get; } = jsonType;

    public override string Description => $"built-in type '{Name}'";
}

/// <summary>A list of values of one type, itself no array.</summary>
internal sealed class ArrayType(Header header, TypeReference element) : SchemaType(header)
{
    public override WireKind Kind => WireKind.Array;

    public SchemaType ElementType => Element.Target;

    public TypeReference Element { get; } = element;

    public override Condition Condition => ElementType.Condition;

    public override string Description => $"array type ['{Element.Name}']";

    public static string NameFor(string elementName) => elementName + "List";
}

/// <summary>The use of a type by name, bound to the type while the schema is checked.</summary>
internal sealed class TypeReference(string name, bool isArray = false)
{
    private SchemaType? _target;

    /// <summary>The name as written; of an array, the element's.</summary>
    public string Name { get; } = name;

    public bool IsArray { get; } = isArray;

    /// <summary>The name under which the type stands in the schema.</summary>
    public string TypeName => IsArray ? ArrayType.NameFor(Name) : Name;

    public SchemaType Target => _target ?? throw new InvalidOperationException($"{TypeName} is not bound yet");

    internal void Bind(SchemaType target) => _target = target;
}
