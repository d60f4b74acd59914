namespace Qapi.Model;

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
