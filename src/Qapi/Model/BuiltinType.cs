namespace Qapi.Model;

internal sealed class BuiltinType(string name, WireKind kind, string jsonType) : SchemaType(Header.Predefined(name))
{
    public override WireKind Kind { get; } = kind;

    /// <summary>The type as introspection names it: <c>string</c>, <c>number</c>, <c>int</c>, <c>boolean</c>,
    /// <c>null</c> or <c>value</c>.</summary>
    public string JsonType { get; } = jsonType;

    public override string Description => $"built-in type '{Name}'";
}
