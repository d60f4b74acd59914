using Qapi.Syntax;

namespace Qapi.Model;

internal sealed class EnumValue(string name, Condition condition, IReadOnlyList<Feature> features, string definedIn,
    SourceLocation? location) : SchemaMember(name, condition, features, definedIn, location)
{
    public override string Role => "value";
}
