using Qmp.Machine.Time;
using Qmp.Types;

namespace Qmp.Migration.Tests.Support;

internal static class Wait
{
    /// <summary>Polls on the timeline until the migration has ended.</summary>
    public static async ValueTask<MigrationStatus> EndAsync(TestMachine machine, Timeline timeline)
    {
        Waker waker = timeline.CreateWaker();
        while (true)
        {
            MigrationStatus status = machine.Status;
            if (status is MigrationStatus.Completed or MigrationStatus.Failed or MigrationStatus.Cancelled)
            {
                return status;
            }

            await waker.WaitAsync(TimeSpan.FromMilliseconds(1));
        }
    }

    public static async ValueTask ForAsync(Timeline timeline, TimeSpan time) =>
        await timeline.CreateWaker().WaitAsync(time);

    public static async ValueTask UntilAsync(Timeline timeline, Func<bool> condition)
    {
        Waker waker = timeline.CreateWaker();
        while (!condition()) await waker.WaitAsync(TimeSpan.FromMilliseconds(1));
    }
}
