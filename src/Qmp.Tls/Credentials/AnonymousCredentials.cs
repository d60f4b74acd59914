using Qmp.Tls.GnuTls;

namespace Qmp.Tls.Credentials;

/// <summary>No proof of who either end is: what travels cannot be read, but anybody may be the peer.</summary>
public sealed class AnonymousCredentials : TlsCredentials
{
    private AnonymousCredentials(CredentialsHandle handle, TlsEndpoint endpoint, string? priority)
        : base(handle, endpoint, priority, [])
    {
    }

    private protected override string FurtherPriority => ":+ANON-DH";

    /// <summary>Makes them.</summary>
    /// <param name="endpoint">Which end they are for.</param>
    /// <param name="folder">Where a server's <c>dh-params.pem</c> may be.</param>
    /// <param name="priority">GnuTLS's string of priorities, if not the usual one.</param>
    /// <exception cref="TlsException">The group cannot be read, or there is no GnuTLS.</exception>
    public static AnonymousCredentials Create(TlsEndpoint endpoint, string? folder, string? priority)
    {
        GnuTlsLibrary.Require();
        bool isServer = endpoint == TlsEndpoint.Server;
        string? group = isServer ? new CredentialFiles(folder).Find(CredentialFiles.Group) : null;
        CredentialsHandle handle = CredentialsHandle.Anonymous(endpoint);
        try
        {
            if (isServer) DiffieHellmanGroup.Give(handle, group, GnuTlsFunctions.SetAnonymousGroup, GnuTlsFunctions.SetKnownAnonymousGroup);
            return new AnonymousCredentials(handle, endpoint, priority);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }
}
