namespace Qmp.Protocol.Transport;

/// <summary>A transport could not be set up. The message says which one and why, as QEMU words it.</summary>
public sealed class TransportException : Exception
{
    /// <summary>Makes one with a message for people.</summary>
    public TransportException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
