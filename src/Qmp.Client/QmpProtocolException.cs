namespace Qmp.Client;

/// <summary>The peer broke the protocol, or sent data that do not have the shape the schema says.</summary>
/// <remarks>
/// Thrown by a call, it is about that call's reply only and the connection stays usable. A violation that concerns the
/// connection ends it, and is then the cause in its <see cref="QmpDisconnect"/>.
/// </remarks>
public sealed class QmpProtocolException : QmpException
{
    /// <summary>Makes one.</summary>
    public QmpProtocolException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
