using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Qmp.Shell.Session;

/// <summary>What the connection reports, on standard error: of <c>--verbose</c>.</summary>
internal static class ConnectionLog
{
    private const string Template = "qmp-shell: {Message}{NewLine}";

    /// <summary>A logger for a client.</summary>
    public static Microsoft.Extensions.Logging.ILogger Create() => new SerilogLoggerFactory(
        new LoggerConfiguration()
            .MinimumLevel.Debug()
            .WriteTo.Console(outputTemplate: Template, standardErrorFromLevel: LogEventLevel.Verbose)
            .CreateLogger(),
        dispose: true).CreateLogger("qmp-shell");
}
