using Qmp.Machine.Memory;
using Qmp.Machine.Time;

namespace Qmp.Migration.Postcopy;

/// <summary>The pages of one block that have yet to come: whoever reads or writes one waits, and the source is asked for it.</summary>
/// <param name="timeline">Where the machine runs.</param>
/// <param name="block">The block.</param>
/// <param name="times">Is told of those who wait.</param>
/// <param name="ask">Asks the source for a page.</param>
internal sealed class MissingPages(Timeline timeline, RamBlock block, BlockTimes times, Func<RamBlock, long, ValueTask> ask)
    : AwaitedPages(timeline, block)
{
    private readonly Timeline _timeline = timeline;

    public override bool HoldsReads => true;

    public override async ValueTask WaitAsync(long page)
    {
        long since = _timeline.NowNanoseconds;
        times.Begin(since);
        await base.WaitAsync(page);
        times.End(since, _timeline.NowNanoseconds);
    }

    protected override ValueTask AskAsync(long page) => ask(Block, page);
}
