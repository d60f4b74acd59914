using Qmp.Machine.Memory;
using Qmp.Migration.Postcopy;

namespace Qmp.Migration.Ram;

/// <summary>Gives the host back the memory of pages that have gone (<c>release-ram</c>).</summary>
/// <remarks>From any activity. While the guest may still come back, nothing is given back.</remarks>
/// <param name="isGone">Whether the guest is the destination's.</param>
internal sealed class ReleasedMemory(Func<bool> isGone) : IReleasedMemory
{
    private readonly Lock _gate = new(); // guards _sent
    private readonly List<(RamBlock Block, long Page, long Count)> _sent = [];

    /// <summary>Notes all pages of a block but those that are left to send.</summary>
    public void AddAllBut(RamBlock block, PageBitmap left)
    {
        for (long page = 0; page < block.Pages;)
        {
            long next = left.NextSet(page);
            if (next > page) Add(block, page, next - page);
            page = next + left.RunOfSet(next);
        }
    }

    /// <summary>Notes pages that have been handed to the system, all bytes of them.</summary>
    public void Add(RamBlock block, long page, long count = 1)
    {
        lock (_gate)
        {
            if (_sent is [.., var last] && last.Block == block && last.Page + last.Count == page) _sent[^1] = last with { Count = last.Count + count };
            else _sent.Add((block, page, count));
        }
    }

    public void Release()
    {
        if (!isGone()) return;
        lock (_gate)
        {
            foreach ((RamBlock block, long page, long count) in _sent) block.Release(page, count);
            _sent.Clear();
        }
    }
}
