namespace Qapi;

/// <summary>A line of a schema file.</summary>
internal sealed class SourceLocation(SourceFile file, int line)
{
    public SourceFile File { get; } = file;

    /// <summary>Counted from 1.</summary>
    public int Line { get; } = line;

    /// <summary>The include directives that lead here, outermost first.</summary>
    public IReadOnlyList<SourceLocation> IncludeStack()
    {
        var stack = new List<SourceLocation>();
        for (var at = File.IncludedFrom; at is not null; at = at.File.IncludedFrom)
            stack.Add(at);
        stack.Reverse();
        return stack;
    }

    /// <summary>The error that belongs to the whole line.</summary>
    public SchemaException Error(string message) => new(QapiError.At(this, message));

    public override string ToString() => $"{File.Name}:{Line}";
}

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
