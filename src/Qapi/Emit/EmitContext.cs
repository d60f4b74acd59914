using Qapi.Model;

namespace Qapi.Emit;

/// <summary>A schema under one set of conditions, with its names: what all emitters work on.</summary>
internal sealed class EmitContext
{
    private readonly HashSet<SchemaType> _used = [];

    public EmitContext(QapiSchema schema, EmitOptions options)
    {
        Schema = schema;
        Options = options;
        Types = new NameTable(schema);
        Members = new MemberNames(Types);
        foreach (var entity in schema.Entities.Where(entity => entity is not AlternateType))
        {
            foreach (var type in Uses(entity))
                Use(type);
        }
    }

    public QapiSchema Schema { get; }

    public EmitOptions Options { get; }

    public NameTable Types { get; }

    public MemberNames Members { get; }

    public bool IsOn(SchemaEntity entity) => entity.Condition.Holds(Options.Conditions);

    public bool IsOn(SchemaMember member) => member.Condition.Holds(Options.Conditions);

    /// <summary>Whether a type is that of some member, branch or result: predefined types are only written then.</summary>
    public bool IsUsed(SchemaType type) => _used.Contains(type);

    /// <summary>The members of an object, the base's too; none for null.</summary>
    public IReadOnlyList<ObjectMember> MembersOf(ObjectType? type) => type is null ? [] : [.. type.Members.Where(IsOn)];

    public IReadOnlyList<EnumValue> ValuesOf(EnumType type) => [.. type.Values.Where(IsOn)];

    /// <summary>The branches of a union that are on and whose value is.</summary>
    public IReadOnlyList<UnionBranch> BranchesOf(ObjectType union)
    {
        var values = new HashSet<string>(ValuesOf(TagOf(union)).Select(value => value.Name));
        return [.. union.Branches.Where(branch => IsOn(branch) && values.Contains(branch.Name))];
    }

    public IReadOnlyList<AlternateBranch> BranchesOf(AlternateType type) => [.. type.Branches.Where(IsOn)];

    /// <summary>The type of a union's discriminator.</summary>
    public static EnumType TagOf(ObjectType union) => (EnumType)union.Discriminator!.Type;

    /// <summary>Whether a branch adds no members.</summary>
    public bool IsEmpty(UnionBranch branch) => branch.Type == Schema.EmptyObject;

    /// <summary>The feature of that name, if it is on; null otherwise.</summary>
    public Feature? Find(IEnumerable<Feature> features, string name) =>
        features.FirstOrDefault(feature => feature.Name == name && IsOn(feature));

    private void Use(SchemaType type)
    {
        if (!_used.Add(type))
            return;
        if (type is ArrayType array)
            Use(array.ElementType);
    }

    private static IEnumerable<SchemaType> Uses(SchemaEntity entity) => entity switch
    {
        ObjectType type => type.LocalMembers.Select(member => member.Type)
            .Concat(type.Branches.Select(branch => branch.Type)),
        Command { Returns: { } returns } => [returns],
        _ => [],
    };
}
