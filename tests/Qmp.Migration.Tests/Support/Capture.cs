using System.IO.Compression;

namespace Qmp.Migration.Tests.Support;

/// <summary>Streams recorded from QEMU 10.0.2.</summary>
internal static class Capture
{
    public static byte[] Read(string name)
    {
        using System.IO.Stream file = typeof(Capture).Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"no capture {name}", nameof(name));
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        var bytes = new MemoryStream();
        gzip.CopyTo(bytes);
        return bytes.ToArray();
    }
}
