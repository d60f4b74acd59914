using Microsoft.Win32.SafeHandles;

namespace Qmp.Tls.GnuTls;

/// <summary>A session of GnuTLS, and the credentials that it refers to.</summary>
internal sealed class SessionHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private const uint Server = 1;
    private const uint Client = 2;
    private const uint NonBlocking = 8;
    private const uint NoSignal = 64;

    private CredentialsHandle? _credentials;

    /// <exception cref="TlsException">There is no memory for it.</exception>
    public SessionHandle(TlsEndpoint endpoint)
        : base(ownsHandle: true)
    {
        uint flags = (endpoint == TlsEndpoint.Server ? Server : Client) | NonBlocking | NoSignal;
        int error = GnuTlsFunctions.CreateSession(out nint made, flags);
        if (error < 0) throw new TlsException($"Cannot initialize TLS session: {GnuTlsErrors.Text(error)}");
        SetHandle(made);
    }

    /// <summary>Gives it its credentials.</summary>
    /// <exception cref="TlsException">They are refused, or have been disposed of.</exception>
    public void Use(CredentialsHandle credentials)
    {
        bool isHeld = false;
        try
        {
            credentials.DangerousAddRef(ref isHeld);
        }
        catch (ObjectDisposedException)
        {
            throw new TlsException("Cannot set session credentials: they have been deleted");
        }

        _credentials = credentials;
        int error = GnuTlsFunctions.SetCredentials(this, credentials.Kind, credentials.DangerousGetHandle());
        if (error < 0) throw new TlsException($"Cannot set session credentials: {GnuTlsErrors.Text(error)}");
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        GnuTlsFunctions.FreeSession(handle);
        _credentials?.DangerousRelease();
        return true;
    }
}
