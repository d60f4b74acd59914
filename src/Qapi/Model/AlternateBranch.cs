using Qapi.Syntax;

namespace Qapi.Model;

/// <summary>One of the types that an alternate stands for; its name is not seen on the wire.</summary>
internal sealed class AlternateBranch(string name, TypeReference type, Condition condition, string definedIn,
    SourceLocation? location) : SchemaMember(name, condition, [], definedIn, location)
{
    public SchemaType Type => Reference.Target;

    public TypeReference Reference { get; } = type;

    public override string Role => "branch";
}
