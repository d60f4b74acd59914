using Qmp.Machine.Time;
using Qmp.Types;

namespace Qmp.Migration.Tests.Support;

internal static class Wait
{
    // Of the timeline's own time: an end that does not come in it does not come.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Polls on the timeline until the migration has ended.</summary>
    public static async ValueTask<MigrationStatus> EndAsync(TestMachine machine, Timeline timeline)
    {
        await UntilAsync(timeline, () => machine.Status
            is MigrationStatus.Completed or MigrationStatus.Failed or MigrationStatus.Cancelled);
        return machine.Status;
    }

    public static async ValueTask ForAsync(Timeline timeline, TimeSpan time) =>
        await timeline.CreateWaker().WaitAsync(time);

    public static async ValueTask UntilAsync(Timeline timeline, Func<bool> condition)
    {
        Waker waker = timeline.CreateWaker();
        long end = timeline.NowMilliseconds + (long)Limit.TotalMilliseconds;
        while (!condition())
        {
            if (timeline.NowMilliseconds > end) throw new TimeoutException("It does not come.");
            await waker.WaitAsync(TimeSpan.FromMilliseconds(1));
        }
    }
}
