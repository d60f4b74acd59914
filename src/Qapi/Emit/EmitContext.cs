using Qapi.Model;

namespace Qapi.Emit;

/// <summary>A schema under one set of conditions, with its names: what all emitters work on.</summary>
internal sealed class EmitContext
{
    /// <summary>What <see cref="SpecialFeatures"/> returns for something without special features.</summary>
    public const string NoSpecialFeatures = "visitors::SpecialFeatures.None";

    private readonly HashSet<SchemaType> _used = [];

    public EmitContext(QapiSchema schema, EmitOptions options)
    {
        Schema = schema;
        Options = options;
        Types = new NameTable(schema);
        Members = new MemberNames(Types);
        Api = new ApiNames(schema, options, Types);
        foreach (var type in schema.Entities.SelectMany(Uses))
            Use(type);
    }

    public QapiSchema Schema { get; }

    public EmitOptions Options { get; }

    public NameTable Types { get; }

    public MemberNames Members { get; }

    public ApiNames Api { get; }

    public bool IsOn(SchemaEntity entity) => entity.Condition.Holds(Options.Conditions);

    public bool IsOn(SchemaMember member) => member.Condition.Holds(Options.Conditions);

    /// <summary>Whether a type is named: that of some member, branch, argument or result.</summary>
    public bool IsUsed(SchemaType type) => _used.Contains(type);

    /// <summary>
    /// Whether code is written for an entity of its own: what is on, predefined and inline types only where they
    /// are named, and no type of inline arguments, which belongs to its call.
    /// </summary>
    public bool IsWritten(SchemaEntity entity) => IsOn(entity) && entity switch
    {
        EnumType type => type.Origin is not null || IsUsed(type),
        BuiltinType => entity.Name == "null",
        ObjectType { IsImplicit: true } type =>
            type == Schema.EmptyObject || (IsUsed(type) && !Types.BelongsToCall(type)),
        ArrayType => false,
        _ => true,
    };

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

    /// <summary>The special features that are on, as an expression.</summary>
    public string SpecialFeatures(IReadOnlyList<Feature> features)
    {
        var names = new List<string>();
        if (Find(features, Feature.Deprecated) is not null)
            names.Add("visitors::SpecialFeatures.Deprecated");
        if (Find(features, Feature.Unstable) is not null)
            names.Add("visitors::SpecialFeatures.Unstable");
        return names.Count == 0 ? NoSpecialFeatures : string.Join(" | ", names);
    }

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
        AlternateType type => type.Branches.Select(branch => branch.Type),
        Command command => ((SchemaType?[])[command.Arguments, command.Returns]).OfType<SchemaType>(),
        Event @event => ((SchemaType?[])[@event.Arguments]).OfType<SchemaType>(),
        _ => [],
    };
}
