using System.Globalization;
using System.Text;
using Qmp.Emulator.Files;
using Qmp.Emulator.Logging;
using Qmp.Emulator.Options;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace Qmpd;

/// <summary>The log of the process: failures go to standard error, traces there or into the file of <c>-D</c>.</summary>
internal sealed class ProcessLog : ILogEventSink, IDisposable
{
    private const string Traces = "{Message}{NewLine}{Exception}";
    private const string Stamp = "HH:mm:ss.ffffff ";

    private readonly MessageTemplateTextFormatter _format = new(Traces, CultureInfo.InvariantCulture);
    private readonly Lock _gate = new();
    private readonly ErrorReports _reports;
    private readonly string? _path;
    private readonly Logger _logger;
    private DateTimeOffset _latest; // guarded by _gate
    private TextWriter? _traces; // guarded by _gate; null where there are none, or no longer any

    /// <exception cref="CommandLineException">The file cannot be opened; the text is QEMU's.</exception>
    public ProcessLog(EmulatorOptions options, ErrorReports reports)
    {
        _reports = reports;
        _path = options.Given.Last(OptionTable.LogFile)?.Value;
        if (_path is not null) _traces = Open(_path);
        else if (options.TracePatterns.Count > 0) _traces = Console.Error;
        _logger = new LoggerConfiguration()
            .MinimumLevel.Is(options.TracePatterns.Count > 0 ? LogEventLevel.Debug : LogEventLevel.Warning)
            .Filter.With(new TraceFilter(options.TracePatterns))
            .WriteTo.Sink(this)
            .CreateLogger();
    }

    public ILogger Logger => _logger;

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        bool isTold = StandardErrorLine.IsTold(logEvent);
        if (!isTold && _path is null) return;

        // Failures go to standard error, where the process was started, wherever the traces go.
        if (isTold && logEvent.Level >= LogEventLevel.Warning && (_path is not null || _traces is null)) Report(logEvent);
        lock (_gate) Trace(logEvent);
    }

    public void Dispose()
    {
        lock (_gate) Close();
    }

    private static StreamWriter Open(string path)
    {
        try
        {
            return new StreamWriter(
                new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0),
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
            {
                AutoFlush = true,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string reason = Directory.Exists(path) ? "Is a directory" : FileErrors.Text(e);
            throw new CommandLineException($"Error opening logfile {path}: {reason}");
        }
    }

    private void Report(LogEvent logEvent)
    {
        string line = StandardErrorLine.TextOf(logEvent);
        if (StandardErrorLine.HasProgram(logEvent)) _reports.Write(line);
        else _reports.WriteBare(line);
    }

    // A full disk ends the log and nothing else; that is said once.
    private void Trace(LogEvent logEvent)
    {
        if (_traces is null) return;
        try
        {
            // Threads come here in another order than that in which they looked at the clock; lines are in order of both.
            if (logEvent.Timestamp > _latest) _latest = logEvent.Timestamp;
            _traces.Write(_latest.ToString(Stamp, CultureInfo.InvariantCulture));
            _format.Format(logEvent, _traces);
        }
        catch (IOException e)
        {
            Close();
            if (_path is not null) _reports.Write($"cannot write to the log {_path}, which ends here: {e.Message}");
        }
    }

    private void Close()
    {
        TextWriter? traces = _traces;
        _traces = null;
        if (_path is null || traces is null) return;
        try
        {
            traces.Dispose();
        }
        catch (IOException)
        {
            // What is left in it cannot be written either.
        }
    }
}
