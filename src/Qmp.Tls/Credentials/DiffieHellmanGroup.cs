using Qmp.Tls.GnuTls;

namespace Qmp.Tls.Credentials;

/// <summary>The group of a server's key exchange, for peers of TLS 1.2: from a file, or one of RFC 7919.</summary>
internal sealed unsafe class DiffieHellmanGroup : IDisposable
{
    /// <summary>112 bits of security: 2048 bits.</summary>
    private const int Level = 35; // GNUTLS_SEC_PARAM_MEDIUM

    private DiffieHellmanGroup(nint value) => Value = value;

    /// <summary>GnuTLS's pointer.</summary>
    private nint Value { get; }

    /// <summary>Gives a server's credentials the group in a file, or one of RFC 7919.</summary>
    /// <param name="handle">The credentials, which keep it.</param>
    /// <param name="path">The file; <see langword="null"/> for none.</param>
    /// <param name="set">GnuTLS's function for a group with this kind of credentials.</param>
    /// <param name="setKnown">That for a level of security.</param>
    /// <exception cref="TlsException">The file cannot be read, or holds none.</exception>
    public static void Give(
        CredentialsHandle handle, string? path, Action<CredentialsHandle, nint> set, Func<CredentialsHandle, int, int> setKnown)
    {
        if (path is null)
        {
            _ = setKnown(handle, Level);
            return;
        }

        DiffieHellmanGroup group = Read(path);
        set(handle, group.Value);
        handle.Group = group;
    }

    public void Dispose() => GnuTlsFunctions.FreeGroup(Value);

    private static DiffieHellmanGroup Read(string path)
    {
        byte[] text = CredentialFiles.Read(path, "");
        int error = GnuTlsFunctions.CreateGroup(out nint made);
        if (error < 0) throw new TlsException($"Unable to initialize DH parameters: {GnuTlsErrors.Text(error)}");
        var group = new DiffieHellmanGroup(made);
        fixed (byte* first = text)
        {
            var data = new Datum(first, text.Length);
            error = GnuTlsFunctions.ImportGroup(made, &data, Certificate.Pem);
        }

        if (error >= 0) return group;
        group.Dispose();
        throw new TlsException($"Unable to load DH parameters from {path}: {GnuTlsErrors.Text(error)}");
    }
}
