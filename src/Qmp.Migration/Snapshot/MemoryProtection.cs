using Qmp.Machine.Memory;
using Qmp.Machine.Time;

namespace Qmp.Migration.Snapshot;

/// <summary>Keeps the guest from changing pages before they have been saved as they were (<c>background-snapshot</c>).</summary>
/// <param name="timeline">Where the machine runs.</param>
/// <param name="blocks">The blocks that are saved.</param>
/// <param name="ask">Has a page saved next; called by who wants to write to it.</param>
internal sealed class MemoryProtection(Timeline timeline, IEnumerable<RamBlock> blocks, Action<RamBlock, long> ask)
{
    private readonly ProtectedPages[] _blocks = [.. blocks.Select(block => new ProtectedPages(timeline, block, ask))];
    private readonly List<(RamBlock Block, long Page)> _underWay = [];

    /// <summary>Protects all pages. The guest stands still.</summary>
    public void Begin()
    {
        foreach (ProtectedPages pages in _blocks)
        {
            pages.Closed.Fill(true);
            pages.Block.Gate = pages;
        }
    }

    /// <summary>A page is being saved: its bytes are read when they are written, so it is protected up to then.</summary>
    public void Take(RamBlock block, long page) => _underWay.Add((block, page));

    /// <summary>What was being saved has been written.</summary>
    public void Release()
    {
        foreach ((RamBlock block, long page) in _underWay) block.Gate?.Placed(page);
        _underWay.Clear();
    }

    /// <summary>Protects nothing any more, whatever has been saved.</summary>
    public void End()
    {
        foreach (ProtectedPages pages in _blocks) pages.Remove();
    }
}
