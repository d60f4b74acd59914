using Qapi.Syntax;

namespace Qapi.Model;

/// <summary>A member of a struct or union, or an argument of a command or event.</summary>
internal sealed class ObjectMember(string name, bool isOptional, TypeReference type, Condition condition,
    IReadOnlyList<Feature> features, string definedIn, SourceLocation? location)
    : SchemaMember(name, condition, features, definedIn, location)
{
    public bool IsOptional { get; } = isOptional;

    public SchemaType Type => Reference.Target;

    public TypeReference Reference { get; } = type;

    public override string Role => "member";
}
