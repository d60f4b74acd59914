using Qapi.Syntax;

namespace Qapi.Model;

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
