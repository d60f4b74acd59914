using Qmp.Shell.Output;

namespace Qmp.Shell.Terminal;

/// <summary>Where lines come from and where everything is printed.</summary>
internal interface ILineReader
{
    /// <summary>Columns.</summary>
    int Width { get; }

    /// <summary>Reads a line.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; no further line can be read.</exception>
    Task<LineRead> ReadAsync(string prompt, CancellationToken cancellationToken);

    /// <summary>Prints lines; the line that is being typed stays below them. From any thread.</summary>
    void Print(Painted lines);
}

/// <summary>How a line ended.</summary>
internal enum LineEnd
{
    Entered,
    Interrupted,
    EndOfInput,
}

/// <summary>A line that was read.</summary>
internal readonly record struct LineRead(LineEnd End, string Text);
