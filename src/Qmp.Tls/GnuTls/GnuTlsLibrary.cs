using System.Runtime.InteropServices;

namespace Qmp.Tls.GnuTls;

/// <summary>Whether this machine has GnuTLS, the library that QEMU's TLS is made of.</summary>
public static class GnuTlsLibrary
{
    private static readonly Lazy<bool> Loaded = new(() => NativeLibrary.TryLoad(GnuTlsFunctions.Library, out _));

    /// <summary>Whether it is there.</summary>
    public static bool IsAvailable => Loaded.Value;

    /// <summary>Checks that it is there.</summary>
    /// <exception cref="TlsException">It is not.</exception>
    public static void Require()
    {
        if (!IsAvailable)
        {
            throw new TlsException($"TLS credentials support requires GNUTLS: {GnuTlsFunctions.Library} is not installed");
        }
    }
}
