using Qmp.Linux;
using Qmp.Machine.Memory;

namespace Qmp.Migration.Multifd.Compression;

/// <summary>How many bytes a compressor makes of counted pages.</summary>
/// <remarks>
/// At first it is asked, with pages made from their states, so that the length is exact. After <see cref="Exact"/> bytes of
/// one kind of pages, what it has made of those on average is taken instead: it would take longer than the link.
/// </remarks>
/// <param name="compressor">The compressor, of one channel.</param>
internal sealed class CountedLengths(IPageCompressor compressor)
{
    /// <summary>Bytes of pages of one kind that are compressed.</summary>
    private const long Exact = 64 << 20;

    private readonly Dictionary<PageKind, (long Pages, long Bytes)> _known = [];

    /// <summary>The length of what follows a packet.</summary>
    /// <param name="block">The pages' block.</param>
    /// <param name="offsets">Where they begin.</param>
    /// <param name="scratch">Room for the compressor's pieces, which are not sent; its first is left alone.</param>
    public uint Of(RamBlock block, ReadOnlySpan<ulong> offsets, Span<IoVector> scratch)
    {
        if (compressor.SendsPages) return (uint)offsets.Length * RamBlock.PageSize;
        double estimate = 0;
        PageKind? common = KindOf(block, offsets[0]);
        foreach (ulong offset in offsets)
        {
            PageKind kind = KindOf(block, offset);
            if (kind != common) common = null;
            if (estimate < 0 || !_known.TryGetValue(kind, out (long Pages, long Bytes) known) || known.Pages * RamBlock.PageSize < Exact) estimate = -1;
            else estimate += (double)known.Bytes / known.Pages;
        }

        if (estimate >= 0) return (uint)Math.Max(1, Math.Round(estimate));
        int count = 1;
        uint length = compressor.Compress(block, offsets, scratch, ref count);
        if (common is { } all)
        {
            (long pages, long bytes) = _known.GetValueOrDefault(all);
            _known[all] = (pages + offsets.Length, bytes + length);
        }

        return length;
    }

    private static PageKind KindOf(RamBlock block, ulong offset) => block.Counted![(long)(offset / RamBlock.PageSize)].Kind;
}
