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

    /// <summary>Waits for one of some keys. What else was typed is kept for the next line, and then there are no keys any more.</summary>
    Task<char> ReadKeyAsync(string keys, CancellationToken cancellationToken) =>
        new TaskCompletionSource<char>().Task.WaitAsync(cancellationToken);

    /// <summary>Leaves the terminal to another program, until what is returned is disposed.</summary>
    IDisposable? Lend() => null;

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
