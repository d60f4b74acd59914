using System.Globalization;
using Qmp.Emulator.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Qmp.Emulator.Hosting;

/// <summary>What an emulator inside this process would print on standard error.</summary>
public sealed class StandardErrorText : ILogEventSink
{
    private readonly Lock _gate = new();
    private readonly StringWriter _text = new(CultureInfo.InvariantCulture); // guarded by _gate

    /// <summary>All of it by now.</summary>
    public string Text
    {
        get
        {
            lock (_gate) return _text.ToString();
        }
    }

    /// <summary>A log that is printed as qmpd prints its own: failures only.</summary>
    public ILogger CreateLogger() => new LoggerConfiguration().MinimumLevel.Warning().WriteTo.Sink(this).CreateLogger();

    /// <summary>Prints a line.</summary>
    public void WriteLine(string message)
    {
        lock (_gate) _text.WriteLine($"qmpd: {message}");
    }

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        if (!StandardErrorLine.IsTold(logEvent)) return;
        string line = StandardErrorLine.TextOf(logEvent);
        lock (_gate) _text.WriteLine(StandardErrorLine.HasProgram(logEvent) ? $"qmpd: {line}" : line);
    }
}
