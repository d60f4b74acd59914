using Qmp.Tls.GnuTls;

namespace Qmp.Tls.Credentials;

/// <summary>What one end proves itself with, and how it checks the other: QEMU's <c>tls-creds-…</c>.</summary>
/// <remarks>Sessions that use them keep what they need: they may be disposed of at any time.</remarks>
public abstract class TlsCredentials : IDisposable
{
    /// <summary>What QEMU asks of GnuTLS where a user asks for nothing.</summary>
    private const string Usual = "NORMAL";

    /// <summary>Nothing older than TLS 1.2, whatever the priorities say.</summary>
    private const string NothingOld = ":-VERS-SSL3.0:-VERS-TLS1.0:-VERS-TLS1.1:-VERS-DTLS1.0";

    private readonly string _priority;

    private protected TlsCredentials(CredentialsHandle handle, TlsEndpoint endpoint, string? priority, IReadOnlyList<string> readableByOthers)
    {
        Handle = handle;
        Endpoint = endpoint;
        ReadableByOthers = readableByOthers;
        _priority = priority ?? Usual;
    }

    /// <summary>Which end they are for.</summary>
    public TlsEndpoint Endpoint { get; }

    /// <summary>Files with keys in them that others than their owner can read: a log should name them.</summary>
    public IReadOnlyList<string> ReadableByOthers { get; }

    /// <summary>Whether the peer's certificate is checked.</summary>
    internal virtual bool VerifiesPeer => false;

    internal CredentialsHandle Handle { get; }

    /// <summary>What its kind needs in addition.</summary>
    private protected virtual string FurtherPriority => "";

    private protected virtual string RefusalOfPriority => "Unable to set TLS session priority";

    /// <summary>Sets a session up for them.</summary>
    /// <exception cref="TlsException">The priorities are none.</exception>
    internal virtual void Prepare(SessionHandle session)
    {
        string asked = _priority + FurtherPriority;
        int error = GnuTlsFunctions.SetPriority(session, asked + NothingOld, 0);
        if (error < 0) throw new TlsException($"{RefusalOfPriority} {asked}: {GnuTlsErrors.Text(error)}");
        session.Use(Handle);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }
}
