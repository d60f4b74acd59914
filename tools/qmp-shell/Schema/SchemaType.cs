namespace Qmp.Shell.Schema;

/// <summary>A type as a server describes it. Its name is a number as a rule, and says nothing.</summary>
internal abstract record SchemaType(string Name);

/// <summary>A type of JSON.</summary>
/// <param name="Name">Its name, such as <c>str</c>.</param>
/// <param name="JsonType"><c>string</c>, <c>int</c>, <c>number</c>, <c>boolean</c>, <c>null</c> or <c>value</c>.</param>
internal sealed record BuiltinType(string Name, string JsonType) : SchemaType(Name);

/// <summary>Some strings.</summary>
internal sealed record EnumType(string Name, IReadOnlyList<EnumValue> Values) : SchemaType(Name);

/// <summary>A list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Element">The name of its elements' type.</param>
internal sealed record ArrayType(string Name, string Element) : SchemaType(Name);

/// <summary>An object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Members">What every such object has.</param>
/// <param name="Tag">The member that decides which variant it is; <see langword="null"/> without variants.</param>
/// <param name="Variants">The types of further members, by the tag's value.</param>
internal sealed record ObjectType(
    string Name,
    IReadOnlyList<SchemaMember> Members,
    string? Tag,
    IReadOnlyDictionary<string, string> Variants) : SchemaType(Name);

/// <summary>One of several types, told apart by their JSON.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Branches">The names of these types.</param>
internal sealed record AlternateType(string Name, IReadOnlyList<string> Branches) : SchemaType(Name);

/// <summary>A value of an enumeration.</summary>
internal sealed record EnumValue(string Name, IReadOnlyList<string> Features);

/// <summary>A member of an object.</summary>
internal sealed record SchemaMember(string Name, string Type, bool IsOptional, IReadOnlyList<string> Features);

/// <summary>A command.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">The name of the type of its arguments, an object as a rule.</param>
/// <param name="Result">The name of the type of its result.</param>
/// <param name="AllowsOutOfBand">Whether it may be run out of band.</param>
/// <param name="Features">Its features, such as <c>deprecated</c>.</param>
internal sealed record SchemaCommand(
    string Name, string Arguments, string Result, bool AllowsOutOfBand, IReadOnlyList<string> Features)
{
    /// <summary>
    /// Whether it takes members that the schema does not list. Introspection does not tell; QEMU has one such command,
    /// whose further arguments are the properties of the device.
    /// </summary>
    public bool IsOpen => Name == "device_add";
}

/// <summary>An event.</summary>
internal sealed record SchemaEvent(string Name, string Data, IReadOnlyList<string> Features);
