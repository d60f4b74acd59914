namespace Qmp.Client;

/// <summary>How a connection ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Description">The same for people, with details.</param>
/// <param name="Cause">The exception behind it, if there is one.</param>
public sealed record QmpDisconnect(DisconnectReason Reason, string Description, Exception? Cause = null)
{
    /// <summary>Whether the peer ended it, or made it end.</summary>
    public bool ByPeer => Reason is DisconnectReason.ClosedByPeer or DisconnectReason.ClosedWithinMessage
        or DisconnectReason.ProtocolViolation or DisconnectReason.MessageTooLong;
}

/// <summary>Why a connection ended.</summary>
public enum DisconnectReason
{
    /// <summary>This side disposed it.</summary>
    LocallyDisposed,

    /// <summary>
    /// The peer closed it between two messages: it has ended or crashed, or serves another client now.
    /// </summary>
    ClosedByPeer,

    /// <summary>The peer closed it within a message: it has most likely crashed.</summary>
    ClosedWithinMessage,

    /// <summary>The transport failed.</summary>
    TransportFailed,

    /// <summary>The peer sent what is not QMP.</summary>
    ProtocolViolation,

    /// <summary>The peer sent a message longer than <see cref="QmpClientOptions.MaxMessageBytes"/>.</summary>
    MessageTooLong,

    /// <summary>It was never established.</summary>
    ConnectFailed,
}
