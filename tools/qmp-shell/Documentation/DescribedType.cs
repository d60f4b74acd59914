using Qapi.Model;

namespace Qmp.Shell.Documentation;

/// <summary>A type of the schema, for what it says in words.</summary>
internal sealed class DescribedType
{
    private readonly SchemaType _type;

    internal DescribedType(SchemaType type) => _type = type is ArrayType array ? array.ElementType : type;

    /// <summary>What a member is, or a value; in paragraphs.</summary>
    public IReadOnlyList<string> Of(string name) => Find(_type, name) is { } member
        ? DescriptionText.Paragraphs(member.Documentation)
        : [];

    /// <summary>The type of a member; <see langword="null"/> if there is none.</summary>
    public DescribedType? Enter(string name) => Find(_type, name) is ObjectMember member ? new DescribedType(member.Type) : null;

    /// <summary>The members that a union has for a value of its tag.</summary>
    public DescribedType? Variant(string value) =>
        Objects(_type).SelectMany(o => o.Branches).FirstOrDefault(b => b.Name == value) is { } branch
            ? new DescribedType(branch.Type)
            : null;

    private static SchemaMember? Find(SchemaType type, string name) => type switch
    {
        EnumType values => values.Values.FirstOrDefault(v => v.Name == name),
        AlternateType alternate => alternate.Branches.Select(b => Find(b.Type, name)).FirstOrDefault(m => m is not null),
        ObjectType members => members.Members.FirstOrDefault(m => m.Name == name),
        _ => null,
    };

    private static IEnumerable<ObjectType> Objects(SchemaType type) => type switch
    {
        ObjectType members => [members],
        AlternateType alternate => alternate.Branches.SelectMany(b => Objects(b.Type)),
        _ => [],
    };
}
