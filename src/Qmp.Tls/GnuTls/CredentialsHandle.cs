using Microsoft.Win32.SafeHandles;

namespace Qmp.Tls.GnuTls;

/// <summary>Credentials of GnuTLS, which sessions refer to: each keeps them from being freed.</summary>
internal sealed unsafe class CredentialsHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly delegate*<nint, void> _free;

    private CredentialsHandle(nint value, int kind, delegate*<nint, void> free)
        : base(ownsHandle: true)
    {
        SetHandle(value);
        Kind = kind;
        _free = free;
    }

    /// <summary>What it refers to.</summary>
    public IDisposable? Group { get; set; }

    /// <summary>GnuTLS's number for the kind.</summary>
    public int Kind { get; }

    /// <exception cref="TlsException">There is no memory for them.</exception>
    public static CredentialsHandle Certificates() =>
        new(Made(GnuTlsFunctions.CreateCertificates(out nint made), made), 1, &GnuTlsFunctions.FreeCertificates);

    /// <inheritdoc cref="Certificates"/>
    public static CredentialsHandle Anonymous(TlsEndpoint endpoint) => endpoint == TlsEndpoint.Server
        ? new(Made(GnuTlsFunctions.CreateAnonymousServer(out nint made), made), 2, &GnuTlsFunctions.FreeAnonymousServer)
        : new(Made(GnuTlsFunctions.CreateAnonymousClient(out made), made), 2, &GnuTlsFunctions.FreeAnonymousClient);

    /// <inheritdoc cref="Certificates"/>
    public static CredentialsHandle Keys(TlsEndpoint endpoint) => endpoint == TlsEndpoint.Server
        ? new(Made(GnuTlsFunctions.CreateServerKeys(out nint made), made), 4, &GnuTlsFunctions.FreeServerKeys)
        : new(Made(GnuTlsFunctions.CreateClientKeys(out made), made), 4, &GnuTlsFunctions.FreeClientKeys);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _free(handle);
        Group?.Dispose();
        return true;
    }

    private static nint Made(int error, nint made) =>
        error >= 0 ? made : throw new TlsException($"Cannot allocate credentials: {GnuTlsErrors.Text(error)}");
}
