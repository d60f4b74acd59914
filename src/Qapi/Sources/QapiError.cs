using System.Text;

namespace Qapi;

/// <summary>The one thing that is wrong with a schema: the first error of the first phase that fails.</summary>
internal sealed class QapiError
{
    private QapiError(SourceLocation? location, int? column, string? context, string message, string? continuation)
    {
        Location = location;
        Column = column;
        Context = context;
        Message = message;
        Continuation = continuation;
    }

    /// <summary>The file as it was reached from the root; null when the root itself cannot be read.</summary>
    public string? File => Location?.File.Name;

    /// <summary>Counted from 1; 0 without a file.</summary>
    public int Line => Location?.Line ?? 0;

    /// <summary>Counted from 1 in code points; null when the error belongs to a whole line.</summary>
    public int? Column { get; }

    /// <summary>The definition at fault, such as <c>In struct 'Foo':</c>; null outside of one.</summary>
    public string? Context { get; }

    /// <summary>The message itself, one line.</summary>
    public string Message { get; }

    /// <summary>Lines that follow the message: the valid keys, or the other place of a clash.</summary>
    public string? Continuation { get; }

    /// <summary>The include directives that lead to <see cref="File"/>, outermost first.</summary>
    public IReadOnlyList<SourceLocation> IncludedFrom => Location?.IncludeStack() ?? [];

    private SourceLocation? Location { get; }

    public static QapiError WithoutLocation(string message) => new(null, null, null, message, null);

    public static QapiError At(SourceLocation location, string message, int? column = null) =>
        new(location, column, null, message, null);

    public static QapiError In(Origin origin, string message, string? continuation = null)
    {
        var context = origin.Name.Length == 0 ? null : $"In {origin.Meta} '{origin.Name}':";
        return new(origin.Location, null, context, message, continuation);
    }

    /// <summary>The whole error as QEMU's front end prints it, without a final newline.</summary>
    public string Render()
    {
        var text = new StringBuilder();
        foreach (var include in IncludedFrom)
            text.Append($"In file included from {include.File.Name}:{include.Line}:\n");
        if (Context is not null)
            text.Append($"{File}: {Context}\n");
        if (File is not null)
            text.Append($"{File}:{Line}{(Column is null ? "" : ":")}{Column}: ");
        text.Append(Message);
        if (Continuation is not null)
            text.Append('\n').Append(Continuation);
        return text.ToString();
    }

    public override string ToString() => Render();
}

/// <summary>Carries the error out of the phases; never leaves <see cref="QapiSchema.Load"/>.</summary>
internal sealed class SchemaException(QapiError error) : Exception(error.Message)
{
    public QapiError Error { get; } = error;
}
