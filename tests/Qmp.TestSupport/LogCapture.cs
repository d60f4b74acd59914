using System.Collections.Concurrent;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Qmp.TestSupport;

/// <summary>Keeps what is logged.</summary>
public sealed class LogCapture : ILogEventSink
{
    private readonly ConcurrentQueue<LogEvent> _events = new();

    public LogCapture() =>
        Logger = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(this).CreateLogger();

    public ILogger Logger { get; }

    public IEnumerable<string> Warnings =>
        _events.Where(e => e.Level == LogEventLevel.Warning).Select(e => e.RenderMessage());

    public void Emit(LogEvent logEvent) => _events.Enqueue(logEvent);
}
