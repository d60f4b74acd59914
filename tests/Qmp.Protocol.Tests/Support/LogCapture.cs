using System.Collections.Concurrent;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Qmp.Protocol.Tests.Support;

/// <summary>Keeps what was logged.</summary>
internal sealed class LogCapture : ILogEventSink
{
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<LogEvent> _events = new();
    private readonly List<(string Start, TaskCompletionSource Waiter)> _waiters = [];

    public LogCapture() => Logger = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(this).CreateLogger();

    public ILogger Logger { get; }

    public IEnumerable<string> Messages(LogEventLevel atLeast) =>
        _events.Where(e => e.Level >= atLeast).Select(e => e.RenderMessage());

    /// <summary>Ends when a message that starts so has been logged, or is.</summary>
    public Task WhenLogged(string start)
    {
        lock (_gate)
        {
            bool logged = Messages(LogEventLevel.Verbose).Any(m => m.StartsWith(start, StringComparison.Ordinal));
            if (logged) return Task.CompletedTask;
            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((start, waiter));
            return waiter.Task.WaitAsync(TestClient.Patience);
        }
    }

    public void Emit(LogEvent logEvent)
    {
        lock (_gate)
        {
            _events.Enqueue(logEvent);
            string message = logEvent.RenderMessage();
            foreach ((string start, TaskCompletionSource waiter) in _waiters)
            {
                if (message.StartsWith(start, StringComparison.Ordinal)) waiter.TrySetResult();
            }
        }
    }
}
