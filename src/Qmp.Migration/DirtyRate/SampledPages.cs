using Qmp.Machine.Memory;

namespace Qmp.Migration.DirtyRate;

/// <summary>Looks at some pages twice, and takes what changed in them for what changed in all.</summary>
/// <remarks>Blocks below 128 KiB are left out; a machine that has no others cannot be measured this way.</remarks>
internal sealed class SampledPages : IDirtyCount
{
    private const ulong MinBlock = 128UL << 10;

    private readonly List<(RamBlock Block, long Page, int Hash)> _samples = [];
    private readonly ulong _mebibytes;

    public SampledPages(GuestMemory memory, long pagesPerGibibyte, Random random)
    {
        foreach (RamBlock block in memory.Blocks)
        {
            if (block.Length < MinBlock) continue;
            _mebibytes += block.Length >> 20;
            ulong count = (block.Length * (ulong)pagesPerGibibyte) >> 30;
            for (ulong i = 0; i < count; i++)
            {
                long page = random.NextInt64(block.Pages);
                _samples.Add((block, page, Hash(block, page)));
            }
        }
    }

    public long Finish(long milliseconds)
    {
        if (_samples.Count == 0) return -1;
        ulong dirty = (ulong)_samples.Count(sample => Hash(sample.Block, sample.Page) != sample.Hash);
        return (long)(dirty * _mebibytes * 1000 / ((ulong)_samples.Count * (ulong)milliseconds));
    }

    private static int Hash(RamBlock block, long page)
    {
        var hash = default(HashCode);
        hash.AddBytes(block.Peek((ulong)page * RamBlock.PageSize, RamBlock.PageSize));
        return hash.ToHashCode();
    }
}
