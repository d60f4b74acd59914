using Qapi.Model;

namespace Qapi.Emit;

/// <summary>The C# names of what is inside types: properties, enum values, branches. Made once for each type.</summary>
internal sealed class MemberNames(NameTable types)
{
    /// <summary>The property with the members that the schema does not know.</summary>
    public const string Extension = "Extension";

    /// <summary>The property with a branch's members, or an alternate's value.</summary>
    public const string Value = "Value";

    /// <summary>The enum value, and the branch, for what this schema does not know.</summary>
    public const string Unrecognized = "Unrecognized";

    /// <summary>The text that was not recognized.</summary>
    public const string WireName = "WireName";

    /// <summary>The method that copies a value.</summary>
    public const string DeepClone = "DeepClone";

    /// <summary>What every class and record has already, and what all of ours have.</summary>
    public static readonly IReadOnlyList<string> OfObject =
    [
        "Clone", "Deconstruct", DeepClone, "Equals", "EqualityContract", "Finalize", "GetHashCode", "GetType",
        "MemberwiseClone", "PrintMembers", "ReferenceEquals", "ToString",
    ];

    private static readonly string[] OfUnion = [Value, WireName, Unrecognized];

    private readonly Dictionary<SchemaType, Dictionary<string, string>> _members = [];
    private readonly Dictionary<SchemaType, Dictionary<string, string>> _branches = [];

    /// <summary>The property of an object's member.</summary>
    public string Property(ObjectType type, ObjectMember member) => Properties(type)[member.Name];

    public string EnumValue(EnumType type, string value) => Values(type)[value];

    /// <summary>The nested record of a union's or alternate's branch.</summary>
    public string Branch(SchemaType type, SchemaMember branch) => Branches(type)[branch.Name];

    /// <summary>All nested records of a union or alternate, whether their conditions hold or not.</summary>
    public IEnumerable<string> NestedIn(SchemaType type) => Branches(type).Values.Append(Unrecognized);

    private Dictionary<string, string> Properties(ObjectType type) => Names(_members, type, () =>
    {
        var reserved = OfObject.Append(Extension).Append(types.Type(type)).Concat(type.IsUnion ? OfUnion : []);
        return Named(type.Members, new NameScope(reserved, "Member"));
    });

    private Dictionary<string, string> Values(EnumType type) =>
        Names(_members, type, () => Named(type.Values, new NameScope([Unrecognized], "Value")));

    private Dictionary<string, string> Branches(SchemaType type) => Names(_branches, type, () =>
    {
        var reserved = OfObject.Concat(OfUnion).Append(Extension).Append(types.Type(type));
        if (type is ObjectType union)
            return Named(union.Branches, new NameScope(reserved.Concat(Properties(union).Values), "Branch"));
        return Named(((AlternateType)type).Branches, new NameScope(reserved, "Branch"));
    });

    private static Dictionary<string, string> Named(IEnumerable<SchemaMember> members, NameScope scope) =>
        members.ToDictionary(member => member.Name, member => scope.Add(CSharpName.Pascal(member.Name)));

    private static Dictionary<string, string> Names(Dictionary<SchemaType, Dictionary<string, string>> known,
        SchemaType type, Func<Dictionary<string, string>> make)
    {
        if (!known.TryGetValue(type, out var names))
            known.Add(type, names = make());
        return names;
    }
}
