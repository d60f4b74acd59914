namespace Qapi.Syntax;

/// <summary>The definition that something comes from.</summary>
internal sealed class Origin(SourceLocation location, string meta, string name)
{
    /// <summary>The line on which the definition's expression starts.</summary>
    public SourceLocation Location { get; } = location;

    /// <summary><c>enum</c>, <c>struct</c>, <c>union</c>, <c>alternate</c>, <c>command</c> or <c>event</c>.</summary>
    public string Meta { get; } = meta;

    public string Name { get; } = name;

    /// <summary>An error in this definition.</summary>
    public SchemaException Error(string message, string? continuation = null) =>
        new(QapiError.In(this, message, continuation));
}
