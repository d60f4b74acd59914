using System.Globalization;

namespace Qmp.Emulator.Qtest;

/// <summary>What is said over <c>-qtest</c>, for people (<c>-qtest-log</c>).</summary>
internal sealed class QtestLog : IDisposable
{
    private readonly TextWriter? _file;
    private readonly Action<string>? _errors;
    private readonly TimeProvider _clock;
    private readonly long _start;

    /// <param name="path">The file; <c>none</c> for nothing, <see langword="null"/> for standard error.</param>
    /// <param name="errors">Standard error, a line at a time.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public QtestLog(string? path, Action<string> errors, TimeProvider clock)
    {
        _clock = clock;
        _start = clock.GetTimestamp();
        if (path is null) _errors = errors;
        else if (path != "none") _file = TextWriter.Synchronized(new StreamWriter(path) { AutoFlush = true });
    }

    /// <summary>Notes a line that came.</summary>
    public void Received(string line) => Write('R', line);

    /// <summary>Notes a line that was sent.</summary>
    public void Sent(string line) => Write('S', line);

    /// <summary>Notes what happened besides.</summary>
    public void Note(string what) => Write('I', what);

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private void Write(char kind, string line)
    {
        if (_file is null && _errors is null) return;
        TimeSpan time = _clock.GetElapsedTime(_start);
        string text = string.Create(CultureInfo.InvariantCulture, $"[{kind} +{time.TotalSeconds:F6}] {line}");
        _errors?.Invoke(text);
        _file?.WriteLine(text);
    }
}
