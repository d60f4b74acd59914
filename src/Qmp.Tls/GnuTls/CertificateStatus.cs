namespace Qmp.Tls.GnuTls;

/// <summary>What GnuTLS's verification finds, in QEMU's words.</summary>
internal static class CertificateStatus
{
    private const uint Invalid = 1 << 1;
    private const uint Revoked = 1 << 5;
    private const uint SignerNotFound = 1 << 6;
    private const uint InsecureAlgorithm = 1 << 8;

    /// <summary>The words; of several findings the last one counts.</summary>
    public static string Text(uint status) => status switch
    {
        _ when (status & InsecureAlgorithm) != 0 => "The certificate uses an insecure algorithm",
        _ when (status & Revoked) != 0 => "The certificate has been revoked",
        _ when (status & SignerNotFound) != 0 => "The certificate hasn't got a known issuer",
        _ when (status & Invalid) != 0 => "The certificate is not trusted",
        _ => "Invalid certificate",
    };
}
