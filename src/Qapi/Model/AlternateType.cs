namespace Qapi.Model;

/// <summary>A value of one of several types, told apart by what they look like in JSON.</summary>
internal sealed class AlternateType(Header header, IReadOnlyList<AlternateBranch> branches) : SchemaType(header)
{
    public override WireKind Kind => WireKind.Any;

    public IReadOnlyList<AlternateBranch> Branches { get; } = branches;

    public override string Description => $"alternate type '{Name}'";

    public override IEnumerable<SchemaMember> DescribedMembers => Branches;

    public override IEnumerable<TypeReference> References => Branches.Select(branch => branch.Reference);
}

/// <summary>One of the types that an alternate stands for; its name is not seen on the wire.</summary>
internal sealed class AlternateBranch(string name, TypeReference type, Condition condition, string definedIn,
    SourceLocation? location) : SchemaMember(name, condition, [], definedIn, location)
{
    public SchemaType Type => Reference.Target;

    public TypeReference Reference { get; } = type;

    public override string Role => "branch";
}
