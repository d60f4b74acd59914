namespace Qapi.Syntax;

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
