using Qmp.Tls.GnuTls;

namespace Qmp.Tls.Credentials;

/// <summary>Whether certificates serve their purpose (<c>sanity-check</c>): in QEMU's order and words.</summary>
/// <param name="time">The clock.</param>
internal sealed class CertificateChecks(TimeProvider time)
{
    private const int MostAuthorities = 16;
    private const uint DigitalSignature = 128;
    private const uint KeyEncipherment = 32;
    private const uint CertificateSigning = 4;
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";
    private const string AnyPurpose = "2.5.29.37.0";

    /// <summary>Checks the certificate of this end and those of the authorities.</summary>
    /// <param name="own">The file of the certificate; <see langword="null"/> for a client that has none.</param>
    /// <param name="authorities">The file of the authorities.</param>
    /// <param name="isServer">Which end it is.</param>
    /// <exception cref="TlsException">One does not serve.</exception>
    public void Check(string? own, string authorities, bool isServer)
    {
        string role = isServer ? "server" : "client";
        using Certificate? certificate = own is null
            ? null
            : Certificate.Parse(Text(own), Certificate.Pem, $"Unable to import {role} certificate {own}");
        Certificate[] trusted = Certificate.ParseList(Text(authorities), MostAuthorities)
            ?? throw new TlsException($"Unable to import CA certificate list {authorities}");
        try
        {
            if (certificate is not null) CheckOwn(certificate, own!, role);
            foreach (Certificate authority in trusted) CheckAuthority(authority, authorities);
            if (certificate is not null) CheckPair(certificate, own!, trusted, authorities, role);
        }
        finally
        {
            foreach (Certificate authority in trusted) authority.Dispose();
        }
    }

    private void CheckOwn(Certificate certificate, string path, string role)
    {
        CheckTimes(certificate, $"The {role} certificate {path}");
        int constraints = Constraints(certificate, path);
        if (constraints > 0) throw new TlsException($"The certificate {path} basic constraints show a CA, but we need one for a {role}");
        CheckUsage(certificate, path, DigitalSignature, "digital signature");
        CheckUsage(certificate, path, KeyEncipherment, "key encipherment");
        CheckPurpose(certificate, path, role);
    }

    private void CheckAuthority(Certificate authority, string path)
    {
        CheckTimes(authority, $"The CA certificate {path}");
        switch (Constraints(authority, path))
        {
            case 0:
                throw new TlsException($"The certificate {path} basic constraints do not show a CA");
            case < 0:
                throw new TlsException($"The certificate {path} is missing basic constraints for a CA");
        }

        CheckUsage(authority, path, CertificateSigning, "certificate signing");
    }

    private void CheckTimes(Certificate certificate, string what)
    {
        long now = time.GetUtcNow().ToUnixTimeSeconds();
        if (certificate.Expiration < now) throw new TlsException($"{what} has expired");
        if (certificate.Activation > now) throw new TlsException($"{what} is not yet active");
    }

    // Above 0 for an authority, 0 for another, below if it does not say.
    private static int Constraints(Certificate certificate, string path)
    {
        int result = GnuTlsFunctions.BasicConstraintsOf(certificate.Value, 0, 0, 0);
        return result is >= 0 or GnuTlsErrors.NotAvailable
            ? result
            : throw new TlsException($"Unable to query certificate {path} basic constraints: {GnuTlsErrors.Text(result)}");
    }

    private static void CheckUsage(Certificate certificate, string path, uint usage, string name)
    {
        int error = GnuTlsFunctions.KeyUsageOf(certificate.Value, out uint allowed, out uint critical);
        if (error == GnuTlsErrors.NotAvailable) return;
        if (error < 0) throw new TlsException($"Unable to query certificate {path} key usage: {GnuTlsErrors.Text(error)}");
        if ((allowed & usage) == 0 && critical != 0) throw new TlsException($"Certificate {path} usage does not permit {name}");
    }

    private static void CheckPurpose(Certificate certificate, string path, string role)
    {
        string wanted = role == "server" ? ServerPurpose : ClientPurpose;
        bool isAnyCritical = false;
        for (int index = 0; ; index++)
        {
            string? purpose = certificate.PurposeAt(index, out bool isCritical, out int error);
            if (error < 0) throw new TlsException($"Unable to query certificate {path} key purpose: {GnuTlsErrors.Text(error)}");
            if (purpose is null && index == 0) return; // it serves for all
            if (purpose is null) break;
            if (purpose == wanted || purpose == AnyPurpose) return;
            isAnyCritical |= isCritical;
        }

        if (isAnyCritical) throw new TlsException($"Certificate {path} purpose does not allow use with a TLS {role}");
    }

    private static void CheckPair(Certificate certificate, string path, Certificate[] authorities, string authorityPath, string role)
    {
        uint status = certificate.VerifyAgainst(authorities)
            ?? throw new TlsException($"Unable to verify {role} certificate {path} against CA certificate {authorityPath}");
        if (status == 0) return;
        throw new TlsException($"Our own certificate {path} failed validation against {authorityPath}: {CertificateStatus.Text(status)}");
    }

    // QEMU takes a file up to its first zero.
    private static ReadOnlySpan<byte> Text(string path)
    {
        ReadOnlySpan<byte> bytes = CredentialFiles.Read(path, $"Cannot load CA cert list {path}: ");
        int end = bytes.IndexOf((byte)0);
        return end < 0 ? bytes : bytes[..end];
    }
}
