using System.Runtime.InteropServices;

namespace Qmp.Tls.GnuTls;

/// <summary>GnuTLS's <c>gnutls_datum_t</c>: bytes that somebody else owns.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Datum(byte* data, int length)
{
    public byte* Data = data;
    public uint Length = (uint)length;
}
