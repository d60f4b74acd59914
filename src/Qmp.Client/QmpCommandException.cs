using Qmp.Protocol.Messages;

namespace Qmp.Client;

/// <summary>The peer answered a command with an error. The connection stays usable.</summary>
public sealed class QmpCommandException : QmpException
{
    /// <summary>Makes one for <paramref name="command"/>.</summary>
    public QmpCommandException(string command, QmpError error)
        : base($"{command}: {error.Description} ({error.Class})")
    {
        Command = command;
        Error = error;
    }

    /// <summary>The command's wire name.</summary>
    public string Command { get; }

    /// <summary>Class and description as the peer sent them.</summary>
    public QmpError Error { get; }
}
