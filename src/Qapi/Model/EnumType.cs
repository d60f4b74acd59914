namespace Qapi.Model;

internal sealed class EnumType(Header header, IReadOnlyList<EnumValue> values, string? prefix) : SchemaType(header)
{
    public override WireKind Kind => WireKind.String;

    public IReadOnlyList<EnumValue> Values { get; } = values;

    /// <summary>For names of C constants; null if not given.</summary>
    public string? Prefix { get; } = prefix;

    public override string Description => $"enum type '{Name}'";

    public override IEnumerable<SchemaMember> DescribedMembers => Values;
}

internal sealed class EnumValue(string name, Condition condition, IReadOnlyList<Feature> features, string definedIn,
    SourceLocation? location) : SchemaMember(name, condition, features, definedIn, location)
{
    public override string Role => "value";
}
