using Qmp.Machine.Memory;
using Qmp.Machine.Time;

namespace Qmp.Migration.Snapshot;

/// <summary>The pages of one block that have yet to be saved as they were: whoever writes to one waits, and it comes next.</summary>
/// <param name="timeline">Where the machine runs.</param>
/// <param name="block">The block.</param>
/// <param name="ask">Has a page saved next.</param>
internal sealed class ProtectedPages(Timeline timeline, RamBlock block, Action<RamBlock, long> ask) : AwaitedPages(timeline, block)
{
    public override bool HoldsReads => false;

    protected override ValueTask AskAsync(long page)
    {
        ask(Block, page);
        return ValueTask.CompletedTask;
    }
}
