using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Qmp.Migration.Tests.Support;

/// <summary>Keeps what is logged, a line each.</summary>
internal sealed class LogLines : ILogEventSink
{
    private readonly List<(LogEventLevel Level, string Text)> _lines = [];

    public LogLines() => Logger = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(this).CreateLogger();

    public ILogger Logger { get; }

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_lines) return [.. _lines.Select(line => line.Text)];
        }
    }

    /// <summary>What people are told without asking: warnings and errors.</summary>
    public string[] Warnings
    {
        get
        {
            lock (_lines) return [.. _lines.Where(line => line.Level >= LogEventLevel.Warning).Select(line => line.Text)];
        }
    }

    /// <summary>The lines that begin with a word.</summary>
    public IEnumerable<string> Of(string word) => All.Where(line => line.StartsWith(word + " ", StringComparison.Ordinal));

    public void Emit(LogEvent logEvent)
    {
        lock (_lines) _lines.Add((logEvent.Level, logEvent.RenderMessage(CultureInfo.InvariantCulture)));
    }
}
