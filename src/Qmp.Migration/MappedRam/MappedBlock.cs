using Qmp.Machine.Memory;

namespace Qmp.Migration.MappedRam;

/// <summary>A block, its place in the file, and which of its pages are there.</summary>
/// <param name="Block">The block.</param>
/// <param name="Header">Where it is.</param>
internal sealed record MappedBlock(RamBlock Block, MappedRamHeader Header)
{
    /// <summary>The pages that are in the file; others are zeros. Set from any activity.</summary>
    public PageBitmap Present { get; } = new(Block.Pages);

    /// <summary>Where a page is in the file.</summary>
    /// <param name="offset">Where it begins in the block, in bytes.</param>
    public long PlaceOf(ulong offset) => (long)(Header.PagesOffset + offset);
}
