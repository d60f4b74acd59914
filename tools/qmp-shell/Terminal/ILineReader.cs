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

    /// <summary>
    /// Waits for one of some keys. Other keys are dropped; text that was typed ahead, or pasted, is kept for the next line.
    /// </summary>
    /// <param name="keys">Keys that mean something alone.</param>
    /// <param name="opening">A key that a line follows, which may be typed at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<char> ReadKeyAsync(string keys, char opening, CancellationToken cancellationToken) =>
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
