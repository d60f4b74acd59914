namespace Qmp.Shell.Terminal;

/// <summary>A screen and a keyboard, as bytes.</summary>
internal interface ITerminal
{
    /// <summary>Columns; 0 if the terminal does not know.</summary>
    int Width { get; }

    /// <summary>Raised, on any thread, when <see cref="Width"/> changes.</summary>
    event Action? Resized;

    /// <summary>Raised, on any thread, when the process goes on after it was stopped: others have written below.</summary>
    event Action? Resumed;

    /// <summary>Hands keys over as they are pressed, unprocessed, until what is returned is disposed.</summary>
    IDisposable EnterRawMode();

    /// <summary>Leaves the terminal to another program, in its usual modes, until what is returned is disposed.</summary>
    IDisposable? Lend() => null;

    /// <summary>Reads what was typed.</summary>
    /// <returns>How many bytes; 0 when the terminal is gone.</returns>
    ValueTask<int> ReadAsync(Memory<byte> buffer);

    /// <summary>Writes text and escape sequences. Lines end with CR LF.</summary>
    void Write(string text);

    /// <summary>Stops the process, as Ctrl-Z does, until its parent lets it go on.</summary>
    void Suspend();
}
