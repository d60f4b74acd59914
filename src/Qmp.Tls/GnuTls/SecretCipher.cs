namespace Qmp.Tls.GnuTls;

/// <summary>The cipher of secrets that are enciphered with another: AES-256 in CBC.</summary>
public static unsafe class SecretCipher
{
    /// <summary>Bytes of the key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of the initialization vector, and of a block.</summary>
    public const int BlockSize = 16;

    private const int Aes256 = 5; // GNUTLS_CIPHER_AES_256_CBC

    /// <summary>Deciphers in place.</summary>
    /// <param name="key">The key, of <see cref="KeySize"/> bytes.</param>
    /// <param name="vector">The initialization vector, of <see cref="BlockSize"/> bytes.</param>
    /// <param name="bytes">Whole blocks.</param>
    /// <exception cref="TlsException">There is no GnuTLS, or it refuses.</exception>
    public static void Decipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> vector, Span<byte> bytes)
    {
        GnuTlsLibrary.Require();
        fixed (byte* firstOfKey = key, firstOfVector = vector, first = bytes)
        {
            var keyData = new Datum(firstOfKey, key.Length);
            var vectorData = new Datum(firstOfVector, vector.Length);
            int error = GnuTlsFunctions.CreateCipher(out nint cipher, Aes256, &keyData, &vectorData);
            if (error < 0) throw new TlsException($"Unable to decrypt secret: {GnuTlsErrors.Text(error)}");
            error = GnuTlsFunctions.Decipher(cipher, first, (nuint)bytes.Length);
            GnuTlsFunctions.FreeCipher(cipher);
            if (error < 0) throw new TlsException($"Unable to decrypt secret: {GnuTlsErrors.Text(error)}");
        }
    }
}
