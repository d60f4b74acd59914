using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ZstdSharp;

namespace Qmp.Migration.Tests.Support;

/// <summary>
/// Takes what went over a multifd channel apart into lines, written apart from the product. Pages are shown as they are
/// after decompression; a packet's number, and on which channel it went, is left out.
/// </summary>
internal static class PacketText
{
    private const int GreetingLength = 64;
    private const int HeaderLength = 1344;
    private const int PageSize = 4096;

    /// <summary>The number that a channel gives itself.</summary>
    public static int NumberOf(byte[] channel) => channel[24];

    /// <summary>The lines of all packets of all channels, sorted.</summary>
    public static List<string> Of(IEnumerable<byte[]> channels) => [.. channels.SelectMany(Packets).Order(StringComparer.Ordinal)];

    /// <summary>Where the packets of a channel begin, and its end.</summary>
    public static List<int> BoundsOf(byte[] channel)
    {
        List<int> bounds = [GreetingLength];
        while (bounds[^1] < channel.Length)
        {
            bounds.Add(bounds[^1] + HeaderLength + (int)BinaryPrimitives.ReadUInt32BigEndian(channel.AsSpan(bounds[^1] + 20)));
        }

        return bounds;
    }

    private static IEnumerable<string> Packets(byte[] channel)
    {
        List<int> bounds = BoundsOf(channel);
        using System.IO.Stream pages = Decompressed(channel, bounds);
        for (int i = 0; i + 1 < bounds.Count; i++) yield return Line(channel.AsSpan(bounds[i], HeaderLength), pages);
    }

    private static string Line(ReadOnlySpan<byte> header, System.IO.Stream pages)
    {
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        uint version = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        uint flags = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        uint room = BinaryPrimitives.ReadUInt32BigEndian(header[12..]);
        int normal = BinaryPrimitives.ReadInt32BigEndian(header[16..]);
        int zero = BinaryPrimitives.ReadInt32BigEndian(header[32..]);
        byte[] content = new byte[normal * PageSize];
        pages.ReadExactly(content);
        ulong first = BinaryPrimitives.ReadUInt64BigEndian(header[320..]);
        return $"{Encoding.ASCII.GetString(header[64..320]).TrimEnd('\0')} {first:x8} {magic:x} {version} {flags:x} {room} {normal} {zero} "
            + $"unused {Hash(header[36..64])} offsets {Hash(header[320..])} pages {Hash(content)}";
    }

    // What follows packets is one stream a channel.
    private static System.IO.Stream Decompressed(byte[] channel, List<int> bounds)
    {
        var stream = new MemoryStream();
        uint compression = 0;
        for (int i = 0; i + 1 < bounds.Count; i++)
        {
            compression |= BinaryPrimitives.ReadUInt32BigEndian(channel.AsSpan(bounds[i] + 8)) & 0x3e;
            stream.Write(channel.AsSpan((bounds[i] + HeaderLength)..bounds[i + 1]));
        }

        stream.Position = 0;
        return compression switch
        {
            0 => stream,
            2 => new ZLibStream(stream, CompressionMode.Decompress),
            4 => new DecompressionStream(stream),
            _ => throw new InvalidDataException($"compression {compression}"),
        };
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes))[..16];
}
