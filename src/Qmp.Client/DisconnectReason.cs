namespace Qmp.Client;

/// <summary>Why a connection ended.</summary>
public enum DisconnectReason
{
    /// <summary>This side disposed it.</summary>
    LocallyDisposed,

    /// <summary>
    /// The peer closed it between two messages: it has ended or crashed, or gives the monitor to somebody else.
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
