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
