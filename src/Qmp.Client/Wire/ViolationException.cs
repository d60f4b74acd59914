namespace Qmp.Client.Wire;

/// <summary>What came from the peer ends the connection.</summary>
internal sealed class ViolationException(DisconnectReason reason, string message) : Exception(message)
{
    public QmpDisconnect ToDisconnect() => new(reason, Message, new QmpProtocolException(Message));
}
