using System.Text;

namespace Qmp.Tls.GnuTls;

/// <summary>A certificate, parsed.</summary>
internal sealed unsafe class Certificate : IDisposable
{
    public const int Pem = 1; // GNUTLS_X509_FMT_PEM
    public const int Der = 0; // GNUTLS_X509_FMT_DER

    private Certificate(nint value) => Value = value;

    /// <summary>GnuTLS's pointer.</summary>
    public nint Value { get; }

    /// <summary>When it stops to be valid, in seconds since 1970.</summary>
    public long Expiration => GnuTlsFunctions.ExpirationOf(Value);

    /// <summary>When it begins to be valid, in seconds since 1970.</summary>
    public long Activation => GnuTlsFunctions.ActivationOf(Value);

    /// <summary>Whom it is for, as QEMU's authorization sees it: <c>C=UK,O=ACME,CN=client</c>.</summary>
    /// <exception cref="TlsException">It has no name.</exception>
    public string Name
    {
        get
        {
            byte[] name = new byte[1024];
            while (true)
            {
                nuint length = (nuint)name.Length;
                int error;
                fixed (byte* first = name) error = GnuTlsFunctions.NameOf(Value, first, ref length);
                if (error >= 0) return Encoding.UTF8.GetString(name, 0, (int)length);
                if (error != GnuTlsErrors.ShortBuffer)
                {
                    throw new TlsException($"Cannot get client distinguished name: {GnuTlsErrors.Text(error)}");
                }

                name = new byte[length];
            }
        }
    }

    /// <summary>Parses one.</summary>
    /// <param name="text">The bytes.</param>
    /// <param name="format"><see cref="Pem"/> or <see cref="Der"/>.</param>
    /// <param name="what">What messages begin with.</param>
    /// <exception cref="TlsException">It is none.</exception>
    public static Certificate Parse(ReadOnlySpan<byte> text, int format, string what)
    {
        int error = GnuTlsFunctions.CreateCertificate(out nint made);
        if (error < 0) throw new TlsException($"Unable to initialize certificate: {GnuTlsErrors.Text(error)}");
        var certificate = new Certificate(made);
        fixed (byte* first = text)
        {
            var data = new Datum(first, text.Length);
            error = GnuTlsFunctions.ImportCertificate(made, &data, format);
        }

        if (error >= 0) return certificate;
        certificate.Dispose();
        throw new TlsException($"{what}: {GnuTlsErrors.Text(error)}");
    }

    /// <summary>Parses several.</summary>
    /// <param name="text">The bytes, in PEM.</param>
    /// <param name="most">How many at most.</param>
    /// <returns>The certificates; <see langword="null"/> if the text has none, more than that, or a bad one.</returns>
    public static Certificate[]? ParseList(ReadOnlySpan<byte> text, int most)
    {
        nint* made = stackalloc nint[most];
        uint count = (uint)most;
        int error;
        fixed (byte* first = text)
        {
            var data = new Datum(first, text.Length);
            error = GnuTlsFunctions.ImportCertificates(made, &count, &data, Pem, 0);
        }

        if (error < 0) return null;
        var certificates = new Certificate[count];
        for (int at = 0; at < certificates.Length; at++) certificates[at] = new Certificate(made[at]);
        return certificates;
    }

    /// <summary>Checks it against authorities.</summary>
    /// <returns>What is wrong with it, in GnuTLS's bits; <see langword="null"/> if that could not be found out.</returns>
    public uint? VerifyAgainst(IReadOnlyList<Certificate> authorities)
    {
        nint* all = stackalloc nint[authorities.Count];
        for (int at = 0; at < authorities.Count; at++) all[at] = authorities[at].Value;
        nint own = Value;
        return GnuTlsFunctions.VerifyCertificates(&own, 1, all, (uint)authorities.Count, null, 0, 0, out uint status) < 0 ? null : status;
    }

    /// <summary>One of the purposes that it names.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="isCritical">Whether it may be used for nothing else.</param>
    /// <param name="error">An error, or 0.</param>
    /// <returns>The purpose; <see langword="null"/> if there are no more.</returns>
    public string? PurposeAt(int index, out bool isCritical, out int error)
    {
        const int Room = 128;
        byte* name = stackalloc byte[Room];
        nuint length = Room;
        error = GnuTlsFunctions.KeyPurposeOf(Value, (uint)index, name, ref length, out uint critical);
        isCritical = critical != 0;
        if (error >= 0) return Encoding.UTF8.GetString(name, (int)length).TrimEnd('\0');
        if (error == GnuTlsErrors.NotAvailable) error = 0;
        return null;
    }

    public void Dispose() => GnuTlsFunctions.FreeCertificate(Value);
}
