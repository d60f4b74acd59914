using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Qmp.TestSupport;

/// <summary>Keeps what is logged.</summary>
public sealed class LogCapture : ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _events = new();

    public IEnumerable<string> Warnings => _events.Where(e => e.Level == LogLevel.Warning).Select(e => e.Text);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _events.Enqueue((logLevel, formatter(state, exception)));
}
