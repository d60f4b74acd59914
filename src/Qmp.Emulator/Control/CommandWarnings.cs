using System.Text;
using Serilog;

namespace Qmp.Emulator.Control;

/// <summary>What commands are told although they are not refused: that something is deprecated.</summary>
/// <remarks>
/// A command of the human monitor finds it in its reply; everybody else reads it on standard error. Used with the
/// machine's lock held, so that only one command is collected for.
/// </remarks>
internal sealed class CommandWarnings(ILogger logger)
{
    private StringBuilder? _collected;

    /// <summary>Passes a warning on.</summary>
    /// <param name="text">Its text, in QEMU's words and without <c>warning: </c>.</param>
    public void Add(string text)
    {
        if (_collected is { } collected) collected.Append("warning: ").Append(text).Append('\n');
        else logger.Warning("warning: {Text:l}", text);
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
