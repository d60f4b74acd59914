using Qmp.Machine.Time;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests;

/// <summary>An idle guest is not gone before its destination has had the chance to refuse it.</summary>
[TestFixture]
internal sealed class RefusalTests
{
    [TestCase(0, 10, MigrationStatus.Failed, TestName = "One_that_refuses_at_once_is_heard")]
    [TestCase(150, 155, MigrationStatus.Failed, TestName = "One_that_comes_late_to_reading_is_heard")]
    [TestCase(0, null, MigrationStatus.Completed, TestName = "One_that_does_not_refuse_costs_little")]
    [TestCase(1_000_000, null, MigrationStatus.Completed, TestName = "One_that_never_reads_is_not_waited_for")]
    public void A_destination(int readsAt, int? hangsUpAt, MigrationStatus expected)
    {
        var timeline = new VirtualTimeline();
        using var source = new TestMachine(timeline, new LateConnector(timeline, readsAt, hangsUpAt), "src", 1 << 20);
        source.Running();
        long start = timeline.NowMilliseconds;
        timeline.Run(async () =>
        {
            source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/late")));
            await Wait.UntilAsync(timeline, () => source.Status is MigrationStatus.Failed or MigrationStatus.Completed);
        });
        Assert.That(source.Status, Is.EqualTo(expected));
        Assert.That(source.Machine.IsRunning, Is.EqualTo(expected == MigrationStatus.Failed));
        Assert.That(timeline.NowMilliseconds - start, Is.LessThanOrEqualTo(readsAt == 0 ? 30 : 280));
    }
}
