using Qapi.Model;

namespace Qapi.Emit;

/// <summary>A schema under one set of conditions, with its names: what all emitters work on.</summary>
internal sealed class EmitContext
{
    /// <summary>The expression for something without special features.</summary>
    public const string NoSpecialFeatures = "visitors::SpecialFeatures.None";

    private readonly HashSet<SchemaType> _used = [];

    public EmitContext(QapiSchema schema, EmitOptions options)
    {
        Schema = schema;
        Options = options;
        Variants = new SchemaVariants(options.Conditions, options.Switches);
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

    /// <summary>What depends on switches, and in which of their settings it is there.</summary>
    public SchemaVariants Variants { get; }

    /// <summary>Whether an entity is there in some variant.</summary>
    public bool IsOn(SchemaEntity entity) => Variants.CanHold(entity.Condition);

    /// <summary>Whether a member, value, branch or feature is there in some variant.</summary>
    public bool IsOn(SchemaMember member) => Variants.CanHold(member.Condition);

    /// <summary>Whether a value may do without a member: it is optional, or not there in some variant.</summary>
    public bool IsOptional(ObjectMember member) => member.IsOptional || IsConditional(member);

    /// <summary>Whether a member is there in some variants and not in others.</summary>
    public bool IsConditional(SchemaMember member) => IsOn(member) && Variants.Where(member.Condition) != Variants.All;

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

    /// <summary>The special features of an entity, as an expression.</summary>
    public string SpecialFeatures(SchemaEntity entity) => SpecialFeatures(entity.Condition, entity.Features);

    /// <summary>The special features of a member or value, as an expression.</summary>
    public string SpecialFeatures(SchemaMember member) => SpecialFeatures(member.Condition, member.Features);

    private string SpecialFeatures(Condition condition, IReadOnlyList<Feature> features)
    {
        var names = new List<string>();
        Add("Deprecated", 0, Of(Feature.Deprecated));
        Add("Unstable", 16, Of(Feature.Unstable));
        Add("Absent", 32, Variants.All & ~Variants.Where(condition));
        return names.Count == 0 ? NoSpecialFeatures : string.Join(" | ", names);

        int Of(string name) => features.Where(feature => feature.Name == name)
            .Aggregate(0, (bits, feature) => bits | Variants.Where(feature.Condition));

        // One name for all variants; a number for some.
        void Add(string name, int shift, int bits)
        {
            if (bits == 0)
                return;
            names.Add(bits == Variants.All
                ? $"visitors::SpecialFeatures.{name}"
                : $"(visitors::SpecialFeatures)0x{(ulong)bits << shift:x}UL");
        }
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
