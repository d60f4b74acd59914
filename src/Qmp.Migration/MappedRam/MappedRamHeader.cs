using System.Buffers.Binary;
using Qmp.Machine.Memory;
using Qmp.Migration.Status;

namespace Qmp.Migration.MappedRam;

/// <summary>What stands behind a block in the list of blocks of a file that has a place for each page. Big-endian.</summary>
/// <param name="PageSize">Bytes of a page.</param>
/// <param name="BitmapOffset">Where the bitmap of pages begins in the file.</param>
/// <param name="PagesOffset">Where the first page begins in the file.</param>
internal readonly record struct MappedRamHeader(ulong PageSize, ulong BitmapOffset, ulong PagesOffset)
{
    /// <summary>How many bytes it takes.</summary>
    public const int Length = sizeof(uint) + (3 * sizeof(ulong));

    /// <summary>The version that is written, and the newest that is read.</summary>
    public const uint Version = 1;

    private const ulong PagesAlignment = 1 << 20;

    /// <summary>Bytes of a bitmap: one bit a page, in words of 64.</summary>
    public static int BitmapLength(long pages) => checked((int)((pages + 63) / 64 * sizeof(ulong)));

    /// <summary>That of a block whose header begins at an offset of the file.</summary>
    public static MappedRamHeader At(long offset, RamBlock block)
    {
        ulong bitmap = (ulong)offset + Length;
        ulong end = bitmap + (ulong)BitmapLength(block.Pages);
        return new MappedRamHeader(RamBlock.PageSize, bitmap, (end + PagesAlignment - 1) & ~(PagesAlignment - 1));
    }

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, Version);
        BinaryPrimitives.WriteUInt64BigEndian(target[4..], PageSize);
        BinaryPrimitives.WriteUInt64BigEndian(target[12..], BitmapOffset);
        BinaryPrimitives.WriteUInt64BigEndian(target[20..], PagesOffset);
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="LoadException">It is of a newer version.</exception>
    public static MappedRamHeader Read(ReadOnlySpan<byte> source)
    {
        uint version = BinaryPrimitives.ReadUInt32BigEndian(source);
        return version <= Version
            ? new MappedRamHeader(
                BinaryPrimitives.ReadUInt64BigEndian(source[4..]),
                BinaryPrimitives.ReadUInt64BigEndian(source[12..]),
                BinaryPrimitives.ReadUInt64BigEndian(source[20..]))
            : throw new LoadException(
                Errno.Invalid, $"Migration mapped-ram capability version not supported (expected <= {Version}, got {version})");
    }
}
