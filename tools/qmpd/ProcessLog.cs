using Qmp.Emulator;
using Qmp.Emulator.CommandLine;
using Qmp.Emulator.Logging;
using Serilog;
using Serilog.Events;

namespace Qmpd;

/// <summary>The log of the process: standard error, or the file of <c>-D</c>.</summary>
internal sealed class ProcessLog : IAsyncDisposable
{
    private const string Messages = "qmpd: {Message}{NewLine}{Exception}";
    private const string Traces = "{Timestamp:HH:mm:ss.ffffff} {Message}{NewLine}{Exception}";

    private readonly Serilog.Core.Logger _logger;

    public ProcessLog(EmulatorOptions options)
    {
        LoggerConfiguration configuration = new LoggerConfiguration()
            .MinimumLevel.Is(options.TracePatterns.Count > 0 ? LogEventLevel.Debug : LogEventLevel.Warning)
            .Filter.With(new TraceFilter(options.TracePatterns));
        string template = options.TracePatterns.Count > 0 ? Traces : Messages;
        if (options.LogFile is { } path)
        {
            try
            {
                File.WriteAllText(path, "");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandLineException($"Error opening logfile {path}: {FileErrors.Text(e)}");
            }

            configuration.WriteTo.File(path, outputTemplate: template, buffered: false);
        }

        // Failures are for whoever started the process, wherever the traces go.
        configuration.WriteTo.Console(
            restrictedToMinimumLevel: options.LogFile is null ? LogEventLevel.Verbose : LogEventLevel.Warning,
            outputTemplate: options.LogFile is null ? template : Messages,
            standardErrorFromLevel: LogEventLevel.Verbose);
        _logger = configuration.CreateLogger();
    }

    public ILogger Logger => _logger;

    public ValueTask DisposeAsync() => _logger.DisposeAsync();
}
