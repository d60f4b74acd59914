using System.IO.Enumeration;
using Serilog.Core;
using Serilog.Events;

namespace Qmp.Emulator.Logging;

/// <summary>Lets messages pass, and of the trace events those that were asked for.</summary>
/// <remarks>
/// A trace event is logged at level Debug, one that nobody has to ask for above it; its template begins with its name, which is QEMU's
/// (<c>migration_set_state</c>). A pattern may hold <c>*</c> and <c>?</c>.
/// </remarks>
public sealed class TraceFilter : ILogEventFilter
{
    private readonly IReadOnlyList<string> _patterns;

    /// <summary>A filter for these patterns.</summary>
    public TraceFilter(IReadOnlyList<string> patterns) => _patterns = patterns;

    /// <inheritdoc/>
    public bool IsEnabled(LogEvent logEvent)
    {
        if (logEvent.Level >= LogEventLevel.Information) return true;
        ReadOnlySpan<char> template = logEvent.MessageTemplate.Text;
        int end = template.IndexOf(' ');
        ReadOnlySpan<char> name = end < 0 ? template : template[..end];
        foreach (string pattern in _patterns)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)) return true;
        }

        return false;
    }
}
