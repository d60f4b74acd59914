using System.Globalization;
using Serilog;
using Serilog.Events;

namespace Qmp.Emulator.Logging;

/// <summary>How events of the log read on standard error.</summary>
public static class StandardErrorLine
{
    private const string Bare = "Bare";
    private const string Quiet = "Quiet";

    /// <summary>A log whose lines have nothing before them, as those have that QEMU prints while it carries out a command.</summary>
    public static ILogger WithoutProgram(ILogger logger) => logger.ForContext(Bare, true);

    /// <summary>Whether the program's name, and what <c>-msg</c> asks for, stand before the line.</summary>
    public static bool HasProgram(LogEvent logEvent) => !logEvent.Properties.ContainsKey(Bare);

    /// <summary>A log whose warnings are in the file of <c>-D</c> and not on standard error, where QEMU has nothing to say.</summary>
    public static ILogger ForLogOnly(ILogger logger) => logger.ForContext(Quiet, true);

    /// <summary>Whether the event is told on standard error.</summary>
    public static bool IsTold(LogEvent logEvent) => !logEvent.Properties.ContainsKey(Quiet);

    /// <summary>The line, without what stands before it.</summary>
    public static string TextOf(LogEvent logEvent)
    {
        string message = logEvent.RenderMessage(CultureInfo.InvariantCulture);
        return logEvent.Exception is null ? message : $"{message}\n{logEvent.Exception}";
    }
}
