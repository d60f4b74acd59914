using System.Security.Cryptography;

namespace Qmp.Tls.Credentials;

/// <summary>Bytes of a private key or password: in one place of memory, which is zeroed with this.</summary>
internal sealed class SensitiveBytes : IDisposable
{
    private readonly byte[] _bytes;
    private readonly int _length;

    /// <summary>Room for so many bytes, which stays where it is, and one more that is zero.</summary>
    public SensitiveBytes(int length)
    {
        _bytes = GC.AllocateArray<byte>(length + 1, pinned: true);
        _length = length;
    }

    /// <summary>The bytes.</summary>
    public Span<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>The bytes and a zero.</summary>
    public ReadOnlySpan<byte> Terminated => _bytes;

    /// <summary>A whole file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SensitiveBytes Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var bytes = new SensitiveBytes(checked((int)file.Length));
        try
        {
            file.ReadExactly(bytes.Span);
            return bytes;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
