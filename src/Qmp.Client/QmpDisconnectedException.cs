namespace Qmp.Client;

/// <summary>The connection has ended; a call that waited, or came too late, has no answer.</summary>
public sealed class QmpDisconnectedException : QmpException
{
    /// <summary>Makes one.</summary>
    /// <param name="disconnect">How the connection ended.</param>
    /// <param name="command">The command's wire name; <see langword="null"/> for a wait for events.</param>
    /// <param name="wasSent">Whether the command may have been run.</param>
    public QmpDisconnectedException(QmpDisconnect disconnect, string? command = null, bool wasSent = false)
        : base(Describe(disconnect, command, wasSent), disconnect.Cause)
    {
        Disconnect = disconnect;
        Command = command;
        WasSent = wasSent;
    }

    /// <summary>Who ended the connection, and why.</summary>
    public QmpDisconnect Disconnect { get; }

    /// <inheritdoc cref="QmpDisconnect.Reason"/>
    public DisconnectReason Reason => Disconnect.Reason;

    /// <summary>The command that has no answer; <see langword="null"/> for a wait for events.</summary>
    public string? Command { get; }

    /// <summary>
    /// Whether the command had been sent. If not, it was certainly not run; if so, it may have been. It is never sent
    /// again on its own.
    /// </summary>
    public bool WasSent { get; }

    private static string Describe(QmpDisconnect disconnect, string? command, bool wasSent) => command is null
        ? disconnect.Description
        : $"{command}: {disconnect.Description}; the command {(wasSent ? "may have been run" : "was not sent")}";
}
