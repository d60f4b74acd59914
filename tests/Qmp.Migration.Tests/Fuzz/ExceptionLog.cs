using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Qmp.Migration.Tests.Fuzz;

/// <summary>Keeps the exceptions that are logged: bad input is no exception of ours, so there should be none.</summary>
internal sealed class ExceptionLog : ILogEventSink
{
    private readonly List<string> _exceptions = [];

    public ExceptionLog() => Logger = new LoggerConfiguration().MinimumLevel.Warning().WriteTo.Sink(this).CreateLogger();

    public ILogger Logger { get; }

    public void Emit(LogEvent logEvent)
    {
        if (logEvent.Exception is not { } exception) return;
        lock (_exceptions) _exceptions.Add($"{logEvent.RenderMessage()}: {exception}");
    }

    /// <summary>Fails the test if there were any.</summary>
    public void Check(string what)
    {
        lock (_exceptions) Assert.That(_exceptions, Is.Empty, what);
    }
}
