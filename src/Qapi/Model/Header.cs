namespace Qapi.Model;

/// <summary>What all definitions have in common.</summary>
internal sealed class Header(string name, Origin? origin, Condition condition, IReadOnlyList<Feature> features,
    DocComment? documentation, bool isImplicit = false)
{
    public string Name { get; } = name;

    /// <summary>The written definition it comes from; null if predefined.</summary>
    public Origin? Origin { get; } = origin;

    public Condition Condition { get; } = condition;

    public IReadOnlyList<Feature> Features { get; } = features;

    public DocComment? Documentation { get; } = documentation;

    public bool IsImplicit { get; } = isImplicit;

    public static Header Predefined(string name) => new(name, null, Condition.None, [], null);

    /// <summary>Of a type that comes into being with a definition, and under its condition.</summary>
    public static Header Implicit(string name, Origin? origin, Condition condition) =>
        new(name, origin, condition, [], null, isImplicit: true);
}
