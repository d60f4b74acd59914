using Qmp.Tls.GnuTls;

namespace Qmp.Tls.Sessions;

/// <summary>Whether the peer is who it must be: after the handshake, in QEMU's order and words.</summary>
internal static unsafe class PeerCheck
{
    /// <exception cref="TlsException">It is not.</exception>
    public static void Check(SessionHandle session, TlsSessionOptions options)
    {
        int error = GnuTlsFunctions.VerifyPeer(session, out uint status);
        if (error < 0) throw new TlsException($"Verify failed: {GnuTlsErrors.Text(error)}");
        if (status != 0) throw new TlsException(CertificateStatus.Text(status));
        Datum* certificates = GnuTlsFunctions.PeerCertificates(session, out uint count);
        if (certificates is null || count == 0) throw new TlsException("No certificate peers");
        using Certificate peer = Certificate.Parse(
            new ReadOnlySpan<byte>(certificates->Data, (int)certificates->Length), Certificate.Der, "Cannot import certificate");
        if (options.Authorization is { } find)
        {
            string name = peer.Name;
            if (!find().Allows(name)) throw new TlsException($"TLS x509 authz check for {name} is denied");
        }

        if (options.HostName is { } host)
        {
            if (GnuTlsFunctions.BearsName(peer.Value, host) == 0) throw new TlsException($"Certificate does not match the hostname {host}");
        }
        else if (options.Credentials.Endpoint == TlsEndpoint.Client)
        {
            throw new TlsException("No hostname for certificate validation");
        }
    }
}
