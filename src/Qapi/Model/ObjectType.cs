namespace Qapi.Model;

/// <summary>A struct or a union, also one that is implicit in another definition.</summary>
internal sealed class ObjectType : SchemaType
{
    public const string EmptyName = "q_empty";
    public const string ImplicitPrefix = "q_obj_";
    public const string ArgumentsSuffix = "-arg";
    public const string BaseSuffix = "-base";

    private IReadOnlyList<ObjectMember>? _members;
    private readonly List<UnionBranch>? _branches;

    public ObjectType(Header header, TypeReference? baseReference, IReadOnlyList<ObjectMember> members)
        : base(header)
    {
        BaseReference = baseReference;
        LocalMembers = members;
    }

    public ObjectType(Header header, TypeReference? baseReference, string discriminator,
        IReadOnlyList<UnionBranch> branches)
        : this(header, baseReference, [])
    {
        DiscriminatorName = discriminator;
        _branches = [.. branches];
    }

    public override WireKind Kind => WireKind.Object;

    public bool IsUnion => _branches is not null;

    /// <summary>The type whose members come first; null if there is none.</summary>
    public ObjectType? Base => (ObjectType?)BaseReference?.Target;

    public TypeReference? BaseReference { get; }

    /// <summary>The members declared here, without the base's.</summary>
    public IReadOnlyList<ObjectMember> LocalMembers { get; }

    /// <summary>All members but those of branches: the outermost base's first, own ones last.</summary>
    public IReadOnlyList<ObjectMember> Members =>
        _members ?? throw new InvalidOperationException($"{Name} is not checked yet");

    /// <summary>The name of the member that chooses the branch; null unless a union.</summary>
    public string? DiscriminatorName { get; }

    /// <summary>The member that chooses the branch; null unless a union.</summary>
    public ObjectMember? Discriminator { get; private set; }

    /// <summary>The written branches, then one for each other enum value; empty unless a union.</summary>
    public IReadOnlyList<UnionBranch> Branches => _branches ?? (IReadOnlyList<UnionBranch>)[];

    /// <summary>Whether some member depends on a condition.</summary>
    public bool HasConditionalMembers => Members.Any(member => member.Condition.IsPresent);

    public override string Description => $"{(IsUnion ? "union" : "struct")} type '{Name}'";

    public override IEnumerable<SchemaMember> DescribedMembers =>
        BaseReference is not null && Base is { IsImplicit: true } inline
            ? inline.DescribedMembers.Concat(LocalMembers)
            : LocalMembers;

    public override IEnumerable<TypeReference> References => LocalMembers.Select(member => member.Reference)
        .Concat(LocalMembers.Select(member => member.Shown?.Reference).OfType<TypeReference>());

    internal bool IsChecked => _members is not null;

    /// <summary>The implicit type of a command's or event's inline arguments.</summary>
    public static string NameForArguments(string definition) => ImplicitPrefix + definition + ArgumentsSuffix;

    /// <summary>The implicit type of a union's inline base.</summary>
    public static string NameForBase(string definition) => ImplicitPrefix + definition + BaseSuffix;

    internal void SetMembers(IReadOnlyList<ObjectMember> members) => _members = members;

    internal void SetDiscriminator(ObjectMember member) => Discriminator = member;

    internal void AddImpliedBranch(UnionBranch branch) => _branches!.Add(branch);
}

/// <summary>A member of a struct or union, or an argument of a command or event.</summary>
internal sealed class ObjectMember(string name, bool isOptional, TypeReference type, Condition condition,
    IReadOnlyList<Feature> features, string definedIn, SourceLocation? location)
    : SchemaMember(name, condition, features, definedIn, location)
{
    public bool IsOptional { get; } = isOptional;

    public SchemaType Type => Reference.Target;

    public TypeReference Reference { get; } = type;

    /// <summary>How introspection shows it under a condition; null if always as it is.</summary>
    public ShownForm? Shown { get; init; }

    public override string Role => "member";
}

/// <summary>The members that a union has for one value of its discriminator.</summary>
internal sealed class UnionBranch(string name, TypeReference type, Condition condition, string definedIn,
    SourceLocation? location, bool isImplied = false) : SchemaMember(name, condition, [], definedIn, location)
{
    public ObjectType Type => (ObjectType)Reference.Target;

    /// <summary>Not written in the schema: an enum value without members of its own.</summary>
    public bool IsImplied { get; } = isImplied;

    public TypeReference Reference { get; } = type;

    public override string Role => "branch";
}
