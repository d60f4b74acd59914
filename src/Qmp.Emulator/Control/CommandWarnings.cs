using System.Text;
using Qmp.Emulator.Logging;
using Serilog;

namespace Qmp.Emulator.Control;

/// <summary>What commands are told although they are not refused: that something is deprecated.</summary>
/// <remarks>
/// A command of the human monitor has it in its reply; all others leave it on standard error. Used with the machine's
/// lock held, so that only one command is collected for.
/// </remarks>
internal sealed class CommandWarnings(ILogger logger)
{
    private StringBuilder? _collected;
    private bool _isStarted;

    /// <summary>The machine has started: from now on, all that comes is from commands.</summary>
    public void Started() => _isStarted = true;

    /// <summary>Passes a warning on.</summary>
    /// <param name="text">Its text, in QEMU's words and without <c>warning: </c>.</param>
    public void Add(string text)
    {
        if (_collected is { } collected) collected.Append("warning: ").Append(text).Append('\n');
        else (_isStarted ? StandardErrorLine.WithoutProgram(logger) : logger).Warning("warning: {Text:l}", text);
    }

    /// <summary>Collects what is added from now on.</summary>
    public void Begin() => _collected = new StringBuilder();

    /// <summary>Ends that.</summary>
    /// <returns>What was added, a line each.</returns>
    public string End()
    {
        string collected = _collected?.ToString() ?? "";
        _collected = null;
        return collected;
    }
}
