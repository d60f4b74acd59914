using Qmp.Machine.Memory;

namespace Qmp.Migration.Ram;

/// <summary>The low 12 bits that begin each record of the RAM section.</summary>
internal static class RamFlags
{
    public const ulong Zero = 0x02;
    public const ulong MemorySize = 0x04;
    public const ulong Page = 0x08;
    public const ulong EndOfSection = 0x10;
    public const ulong Continue = 0x20;
    public const ulong Xbzrle = 0x40;
    public const ulong Hook = 0x80;
    public const ulong MultifdFlush = 0x200;

    /// <summary>What the stream of a file that has a place for each page does not have.</summary>
    public const ulong Unmapped = Zero | Page | Xbzrle | Hook | MultifdFlush;

    /// <summary>The bits that are flags; the others are an offset or a size.</summary>
    public const ulong Mask = RamBlock.PageSize - 1;
}
