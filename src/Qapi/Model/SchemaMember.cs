namespace Qapi.Model;

/// <summary>Something named inside a definition: a member, value, branch or feature.</summary>
internal abstract class SchemaMember
{
    protected SchemaMember(string name, Condition condition, IReadOnlyList<Feature> features, string definedIn,
        SourceLocation? location)
    {
        Name = name;
        Condition = condition;
        Features = features;
        DefinedIn = definedIn;
        Location = location;
    }

    public string Name { get; }

    public Condition Condition { get; }

    public IReadOnlyList<Feature> Features { get; }

    /// <summary>
    /// The entity that declares it, an implicit type where there is one. A feature of a member names the member
    /// instead, which shows in messages.
    /// </summary>
    public string DefinedIn { get; }

    /// <summary>The line on which it is written; null if predefined.</summary>
    public SourceLocation? Location { get; }

    /// <summary>Its description; null if it has none.</summary>
    public DocSection? Documentation { get; internal set; }

    /// <summary>What it is called in messages.</summary>
    public abstract string Role { get; }

    public bool HasFeature(string name) => Features.Any(feature => feature.Name == name);
}
