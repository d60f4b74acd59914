using System.Buffers.Binary;
using System.Text;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Blocks;

/// <summary>The header of a qcow2 image (QEMU's docs/interop/qcow2.rst). Texts are QEMU's.</summary>
/// <param name="Version">2 or 3.</param>
/// <param name="BackingFile">The image that it builds on; <see langword="null"/> for none.</param>
/// <param name="ClusterSize">Bytes of a cluster.</param>
/// <param name="Size">Bytes that a guest sees.</param>
/// <param name="IsDirty">Whether it was not closed.</param>
/// <param name="IsCorrupt">Whether it is known to be broken.</param>
/// <param name="HasLazyRefcounts">Whether counters are only written at the end.</param>
/// <param name="HasExtendedTables">Whether clusters have parts.</param>
/// <param name="RefcountBits">Bits of a counter.</param>
/// <param name="UsesZstd">Whether zstd compresses it, and not zlib.</param>
internal sealed record Qcow2Header(
    int Version,
    string? BackingFile,
    long ClusterSize,
    long Size,
    bool IsDirty,
    bool IsCorrupt,
    bool HasLazyRefcounts,
    bool HasExtendedTables,
    int RefcountBits,
    bool UsesZstd)
{
    private const uint Magic = 0x514649fb; // QFI\xfb
    private const int Longest = 112;

    /// <summary>Reads the header of an image.</summary>
    /// <exception cref="CommandException">It is no such image.</exception>
    public static Qcow2Header Read(Stream file)
    {
        byte[] header = new byte[Longest];
        file.Position = 0;
        int length = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (length < 72 || Number(header, 0) != Magic) throw new CommandException("Image is not in qcow2 format");
        int version = (int)Number(header, 4);
        if (version is not (2 or 3)) throw new CommandException($"Unsupported qcow2 version {version}");
        ulong incompatible = version == 3 ? BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(72)) : 0;
        ulong compatible = version == 3 ? BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(80)) : 0;
        bool hasCompression = version == 3 && Number(header, 100) > 104;
        return new Qcow2Header(
            version,
            Backing(file, header),
            1L << (int)Number(header, 20),
            (long)BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(24)),
            (incompatible & 1) != 0,
            (incompatible & 2) != 0,
            (compatible & 1) != 0,
            (incompatible & 16) != 0,
            version == 3 ? 1 << (int)Number(header, 96) : 16,
            hasCompression && header[104] == 1);
    }

    /// <summary>What only this format has.</summary>
    public ImageInfoSpecificQCow2 Describe() => Version == 2
        ? new ImageInfoSpecificQCow2 { Compat = "0.10", RefcountBits = RefcountBits, CompressionType = Compression }
        : new ImageInfoSpecificQCow2
        {
            Compat = "1.1",
            LazyRefcounts = HasLazyRefcounts,
            Corrupt = IsCorrupt,
            ExtendedL2 = HasExtendedTables,
            RefcountBits = RefcountBits,
            CompressionType = Compression,
        };

    private Qcow2CompressionType Compression => UsesZstd ? Qcow2CompressionType.Zstd : Qcow2CompressionType.Zlib;

    private static uint Number(byte[] header, int at) => BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(at));

    private static string? Backing(Stream file, byte[] header)
    {
        long offset = (long)BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(8));
        int length = (int)Math.Min(1023, Number(header, 16));
        if (offset <= 0 || length == 0) return null;
        byte[] name = new byte[length];
        file.Position = offset;
        file.ReadExactly(name);
        return Encoding.UTF8.GetString(name);
    }
}
