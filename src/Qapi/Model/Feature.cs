namespace Qapi.Model;

/// <summary>A feature of a definition, member or enum value.</summary>
internal sealed class Feature(string name, Condition condition, string definedIn, SourceLocation? location)
    : SchemaMember(name, condition, [], definedIn, location)
{
    public const string Deprecated = "deprecated";
    public const string Unstable = "unstable";

    /// <summary>Whether the feature drives the compat policy.</summary>
    public bool IsSpecial => Name is Deprecated or Unstable;

    public override string Role => "feature";
}
