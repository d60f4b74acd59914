namespace Qmp.Tls;

/// <summary>Credentials cannot be made, or a session failed. The message is QEMU's.</summary>
public sealed class TlsException : IOException
{
    /// <summary>Whether the peer ended without TLS's word for the end.</summary>
    public bool IsTruncation { get; init; }

    /// <summary>Makes one with QEMU's text.</summary>
    public TlsException(string message)
        : base(message)
    {
    }
}
