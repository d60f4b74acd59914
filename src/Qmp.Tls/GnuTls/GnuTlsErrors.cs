using System.Runtime.InteropServices;

namespace Qmp.Tls.GnuTls;

/// <summary>GnuTLS's error numbers that are told apart here, and its words for all of them.</summary>
internal static class GnuTlsErrors
{
    public const int Again = -28; // GNUTLS_E_AGAIN
    public const int ShortBuffer = -51; // GNUTLS_E_SHORT_MEMORY_BUFFER
    public const int Interrupted = -52; // GNUTLS_E_INTERRUPTED
    public const int Pull = -54; // GNUTLS_E_PULL_ERROR
    public const int NotAvailable = -56; // GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE
    public const int File = -64; // GNUTLS_E_FILE_ERROR
    public const int PrematureTermination = -110; // GNUTLS_E_PREMATURE_TERMINATION

    /// <summary>GnuTLS's words for an error.</summary>
    public static string Text(int error) => Marshal.PtrToStringUTF8(GnuTlsFunctions.ErrorText(error)) ?? $"Error {error}.";
}
