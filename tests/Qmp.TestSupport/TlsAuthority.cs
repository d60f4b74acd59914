using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Qmp.TestSupport;

/// <summary>Issues certificates into folders, by the names that QEMU gives the files.</summary>
public sealed class TlsAuthority
{
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    private static readonly Lazy<RSA> Key = new(() => RSA.Create(2048)); // making one takes long

    private readonly X509Certificate2 _certificate;

    /// <summary>A new one.</summary>
    /// <param name="name">Its name.</param>
    public TlsAuthority(string name = "Test CA")
    {
        CertificateRequest request = Request($"CN={name}");
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _certificate = request.CreateSelfSigned(Day(-3), Day(30));
    }

    /// <summary>The private key of all certificates, in PEM.</summary>
    public static string KeyText => Key.Value.ExportPkcs8PrivateKeyPem();

    /// <summary>The authority's certificate, in PEM.</summary>
    public string Text => _certificate.ExportCertificatePem();

    /// <summary>Makes a folder for a server.</summary>
    /// <param name="folder">Where; it is created.</param>
    /// <param name="names">What its certificate bears: addresses and names.</param>
    /// <param name="flaw">What is wrong with its certificate.</param>
    /// <param name="trusted">Whose clients it trusts, if not this one's.</param>
    public string WriteServer(string folder, string[] names, TlsFlaw flaw = TlsFlaw.None, TlsAuthority? trusted = null)
    {
        CertificateRequest request = Request("CN=qemu.org");
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (string name in names)
        {
            if (IPAddress.TryParse(name, out IPAddress? address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        Write(folder, "server", request, ServerPurpose, flaw, trusted ?? this);
        return folder;
    }

    /// <summary>Makes a folder for a client.</summary>
    /// <param name="folder">Where; it is created.</param>
    /// <param name="subject">Who it is, as <c>CN=…</c>; without it, it has no certificate.</param>
    /// <param name="flaw">What is wrong with its certificate.</param>
    /// <param name="trusted">Whose servers it trusts, if not this one's.</param>
    public string WriteClient(string folder, string? subject = "CN=client", TlsFlaw flaw = TlsFlaw.None, TlsAuthority? trusted = null)
    {
        if (subject is not null)
        {
            Write(folder, "client", Request(subject), ClientPurpose, flaw, trusted ?? this);
            return folder;
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "ca-cert.pem"), (trusted ?? this).Text);
        return folder;
    }

    /// <summary>Makes a folder with a common key.</summary>
    public static string WriteKeys(string folder, string line = "qemu:0123456789abcdef")
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "keys.psk"), line + "\n");
        return folder;
    }

    /// <summary>Puts a list of revoked certificates into a folder.</summary>
    /// <param name="folder">Where, as <c>ca-crl.pem</c>.</param>
    /// <param name="certificate">The file of the only certificate that is on it.</param>
    public void Revoke(string folder, string certificate)
    {
        var list = new CertificateRevocationListBuilder();
        using var revoked = X509Certificate2.CreateFromPemFile(certificate, certificate.Replace("-cert", "-key", StringComparison.Ordinal));
        list.AddEntry(revoked, Day(-1));
        byte[] bytes = list.Build(_certificate, 1, Day(29), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, Day(-1));
        File.WriteAllText(Path.Combine(folder, "ca-crl.pem"), PemEncoding.WriteString("X509 CRL", bytes));
    }

    private void Write(string folder, string role, CertificateRequest request, string purpose, TlsFlaw flaw, TlsAuthority trusted)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        X509KeyUsageFlags usage = flaw switch
        {
            TlsFlaw.WrongUsage => X509KeyUsageFlags.KeyCertSign,
            TlsFlaw.SignsOnly => X509KeyUsageFlags.DigitalSignature,
            _ => X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment,
        };
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        string other = purpose == ServerPurpose ? ClientPurpose : ServerPurpose;
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(flaw == TlsFlaw.WrongPurpose ? other : purpose)], flaw == TlsFlaw.WrongPurpose));
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        serial[0] &= 0x7f;
        using X509Certificate2 made = request.Create(_certificate, Day(flaw == TlsFlaw.NotYetValid ? 2 : -2), Day(flaw == TlsFlaw.Expired ? -1 : 29), serial);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "ca-cert.pem"), trusted.Text);
        File.WriteAllText(Path.Combine(folder, $"{role}-cert.pem"), made.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, $"{role}-key.pem"), KeyText);
    }

    private static CertificateRequest Request(string subject) =>
        new(subject, Key.Value, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private static DateTimeOffset Day(int offset) => TimeProvider.System.GetUtcNow().AddDays(offset);
}
