using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Qmp.Client;

/// <summary>TLS credentials in a folder, by the names that QEMU's <c>tls-creds-x509</c> gives the files.</summary>
public static class TlsFolder
{
    private const string Authorities = "ca-cert.pem";
    private const string Certificate = "client-cert.pem";
    private const string Key = "client-key.pem";

    /// <summary>Reads them: whom to trust, <c>ca-cert.pem</c>, and, where they are there, who one is, <c>client-cert.pem</c> and <c>client-key.pem</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="hostName">The name that the server's certificate must bear, if not the one that is connected to.</param>
    /// <returns>Options that trust these authorities and nobody else, with TLS 1.2 or 1.3.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="CryptographicException">A file holds no certificate or key, or one that does not fit.</exception>
    public static SslClientAuthenticationOptions Read(string folder, string? hostName = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(Path.Combine(folder, Authorities));
        string certificate = Path.Combine(folder, Certificate);
        string key = Path.Combine(folder, Key);
        X509CertificateCollection own = [];
        if (File.Exists(certificate) && File.Exists(key)) own.Add(X509Certificate2.CreateFromPemFile(certificate, key));
        return new SslClientAuthenticationOptions
        {
            TargetHost = hostName,
            CertificateChainPolicy = policy,
            ClientCertificates = own,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
    }
}
