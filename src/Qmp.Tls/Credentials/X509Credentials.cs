using System.Security.Cryptography;
using Qmp.Tls.GnuTls;

namespace Qmp.Tls.Credentials;

/// <summary>Certificates: of the authority that both trust, and of this end with its private key.</summary>
/// <remarks>A client may have none of its own. The peer is checked when the handshake is over, as QEMU does.</remarks>
public sealed class X509Credentials : TlsCredentials
{
    private readonly bool _verifiesPeer;

    private X509Credentials(CredentialsHandle handle, X509Options options, IReadOnlyList<string> readableByOthers)
        : base(handle, options.Endpoint, options.Priority, readableByOthers) => _verifiesPeer = options.VerifiesPeer;

    internal override bool VerifiesPeer => _verifiesPeer;

    private protected override string RefusalOfPriority => "Cannot set default TLS session priority";

    /// <summary>Makes them from the files of a folder.</summary>
    /// <exception cref="TlsException">A file is missing, cannot be read, or does not serve; or there is no GnuTLS.</exception>
    public static X509Credentials Create(X509Options options) => Create(options, SensitiveBytes.Read);

    /// <param name="options">What is asked for.</param>
    /// <param name="read">Reads a file with a key.</param>
    internal static X509Credentials Create(X509Options options, Func<string, SensitiveBytes> read)
    {
        GnuTlsLibrary.Require();
        var files = new CredentialFiles(options.Folder);
        bool isServer = options.Endpoint == TlsEndpoint.Server;
        string authorities = files.Require(CredentialFiles.Authorities);
        string? revocations = isServer ? files.Find(CredentialFiles.Revocations) : null;
        string? own = isServer ? files.Require(CredentialFiles.ServerCertificate) : files.Find(CredentialFiles.ClientCertificate);
        string? key = isServer ? files.Require(CredentialFiles.ServerKey) : files.Find(CredentialFiles.ClientKey);
        string? group = isServer ? files.Find(CredentialFiles.Group) : null;
        if (options.IsChecked) new CertificateChecks(options.Time).Check(own, authorities, isServer);
        CredentialsHandle handle = CredentialsHandle.Certificates();
        try
        {
            Require(GnuTlsFunctions.AddTrust(handle, authorities, Certificate.Pem), $"Cannot load CA certificate '{authorities}'");
            if (own is not null && key is not null)
            {
                files.NoteKey(key);
                AddKey(handle, own, key, options.Password, read);
            }

            if (revocations is not null)
            {
                Require(GnuTlsFunctions.AddRevocations(handle, revocations, Certificate.Pem), $"Cannot load CRL '{revocations}'");
            }

            if (isServer) DiffieHellmanGroup.Give(handle, group, GnuTlsFunctions.SetGroup, GnuTlsFunctions.SetKnownGroup);
            return new X509Credentials(handle, options, files.ReadableByOthers);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    internal override void Prepare(SessionHandle session)
    {
        base.Prepare(session);

        // A client without a certificate is refused after the handshake, if it must have one.
        if (Endpoint == TlsEndpoint.Server) GnuTlsFunctions.RequestCertificate(session, 1); // GNUTLS_CERT_REQUEST
    }

    private static unsafe void AddKey(
        CredentialsHandle handle, string own, string key, Func<byte[]>? password, Func<string, SensitiveBytes> read)
    {
        string failure = $"Cannot load certificate '{own}' & key '{key}'";
        using SensitiveBytes? secret = password is null ? null : Protect(password());
        try
        {
            using SensitiveBytes keyText = read(key);
            byte[] text = File.ReadAllBytes(own);
            fixed (byte* firstOfKey = keyText.Span, firstOfText = text, firstOfSecret = secret is null ? default : secret.Terminated)
            {
                var keyData = new Datum(firstOfKey, keyText.Span.Length);
                var data = new Datum(firstOfText, text.Length);
                Require(GnuTlsFunctions.AddKey(handle, &data, &keyData, Certificate.Pem, firstOfSecret, 0), failure);
            }
        }
        catch (Exception e) when (e is (IOException and not TlsException) or UnauthorizedAccessException)
        {
            Require(GnuTlsErrors.File, failure);
        }
    }

    private static SensitiveBytes Protect(byte[] password)
    {
        var secret = new SensitiveBytes(password.Length);
        password.CopyTo(secret.Span);
        CryptographicOperations.ZeroMemory(password);
        return secret;
    }

    private static void Require(int result, string failure)
    {
        if (result < 0) throw new TlsException($"{failure}: {GnuTlsErrors.Text(result)}");
    }
}
