using Qmp.Machine.Time;
using Qmp.Types;

namespace Qmp.Migration.Tests.Support;

internal static class Wait
{
    // Of the timeline's own time: an end that does not come in it does not come.
    private static readonly TimeSpan VirtualLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RealLimit = TimeSpan.FromMinutes(1);

    /// <summary>Polls on the timeline until the migration has ended.</summary>
    public static async ValueTask<MigrationStatus> EndAsync(TestMachine machine, Timeline timeline)
    {
        await UntilAsync(timeline, () => machine.Status
            is MigrationStatus.Completed or MigrationStatus.Failed or MigrationStatus.Cancelled);
        return machine.Status;
    }

    public static async ValueTask ForAsync(Timeline timeline, TimeSpan time) =>
        await timeline.CreateWaker().WaitAsync(time);

    /// <summary>Polls on the timeline until something is so.</summary>
    /// <param name="timeline">The timeline.</param>
    /// <param name="condition">What is to be so.</param>
    /// <param name="state">Says how things are if it does not come to that.</param>
    public static async ValueTask UntilAsync(Timeline timeline, Func<bool> condition, Func<string>? state = null)
    {
        Waker waker = timeline.CreateWaker();
        TimeSpan limit = timeline is VirtualTimeline ? VirtualLimit : RealLimit;
        long end = timeline.NowMilliseconds + (long)limit.TotalMilliseconds;
        while (!condition())
        {
            if (timeline.NowMilliseconds > end) throw new TimeoutException($"It does not come. {state?.Invoke()}");
            await waker.WaitAsync(TimeSpan.FromMilliseconds(1));
        }
    }
}
