using Qmp.Devices.Workload;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Postcopy;

/// <summary>Pages that a destination asks for have a channel of their own.</summary>
[TestFixture]
internal sealed class PreemptTests
{
    [Test]
    public void A_guest_that_writes_too_fast_for_precopy_arrives_whole()
    {
        using MigrationPair pair = PostcopyMachines.Slow(PostcopyMachines.Busy, further: MigrationCapability.PostcopyPreempt);
        pair.Fill().Migrate(pair.StartAsync);
        pair.CheckMoved();
        MigrationInfo info = pair.Source.Core.Query();
        Assert.That(info.Ram!.PostcopyRequests, Is.GreaterThan(0), "it did not wait for pages in turn");
        Assert.That(pair.Source.Core.Outgoing!.Statistics.PreemptBytes, Is.GreaterThan((long)info.Ram.PostcopyRequests));
        Assert.That(info.Ram.Transferred, Is.GreaterThan(info.Ram.PostcopyBytes));
        Assert.That(pair.Destination.Machine.Memory.Blocks[0].Gate, Is.Null, "nothing is missing any more");
    }

    [Test]
    public void Requested_pages_do_not_wait_for_what_is_on_its_way()
    {
        Assert.That(LatencyOf(MigrationCapability.PostcopyPreempt) * 3 / 2, Is.LessThan(LatencyOf()));

        static ulong LatencyOf(params MigrationCapability[] further)
        {
            using MigrationPair pair = PostcopyMachines.Slow(PostcopyMachines.Busy, further: further);
            pair.Connector.LinkOf = number => number == 1 ? pair.Network.Link with { Buffer = 4096 } : null; // a way of its own
            pair.Destination.With(MigrationCapability.PostcopyBlocktime);
            pair.Fill().Migrate(pair.StartAsync);
            pair.CheckMoved();
            return pair.Destination.Core.Query().PostcopyLatency!.Value;
        }
    }

    [Test]
    public void A_migration_that_stays_one_of_memory_first_needs_no_such_channel([Values] bool isEarly)
    {
        using MigrationPair pair = Create(isEarly);
        pair.Fill().Migrate();
        pair.CheckMoved();
        Assert.That(pair.Source.Core.Outgoing!.Statistics.PreemptBytes, Is.Zero);
    }

    [Test]
    public void Old_machine_types_connect_it_first_and_end_it_last()
    {
        using MigrationPair pair = Create(isEarly: true, PostcopyMachines.Busy);
        pair.Fill().Migrate(pair.StartAsync);
        pair.CheckMoved();
        Assert.That(pair.Source.Core.Outgoing!.Statistics.PreemptBytes, Is.GreaterThan(sizeof(ulong)));
    }

    [Test]
    public void Without_it_the_guest_stays([Values(FaultPoint.PreemptConnect, FaultPoint.PreemptConnectDone)] FaultPoint point)
    {
        using MigrationPair pair = PostcopyMachines.Slow(further: MigrationCapability.PostcopyPreempt);
        pair.Source.Core.Faults.Set(new FaultPlan { Point = point, Action = FaultAction.Fail });
        pair.Fill().Migrate(pair.StartAsync);
        Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(pair.Source.Core.Query().ErrorDesc, Does.Contain("preempt-connect"));
        Assert.That(pair.Source.Machine.RunState, Is.EqualTo(RunState.Running));
        Assert.That(pair.Destination.Status, Is.EqualTo(MigrationStatus.Failed));
    }

    [Test]
    public void Both_channels_are_lost_and_made_again()
    {
        using MigrationPair pair = PostcopyMachines.Slow(PostcopyMachines.Busy, further: MigrationCapability.PostcopyPreempt);
        pair.Fill().Migrate(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                if (i == 0) await pair.FollowAsync();
                else await Wait.UntilAsync(pair.Timeline, () => pair.Source.Status == MigrationStatus.PostcopyActive);
                await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(20));
                long before = pair.Source.Core.Outgoing!.Statistics.PreemptBytes;
                (i % 2 == 0 ? pair.Destination : pair.Source).Core.PausePostcopy();
                await pair.PausedAsync();
                Assert.That(before, Is.GreaterThan(0));
                pair.Recover();
            }
        });
        pair.CheckMoved();
    }

    [Test]
    public void It_may_break_anywhere([Range(0, 20)] int step)
    {
        using MigrationPair pair = PostcopyMachines.Slow(PostcopyMachines.Busy, further: MigrationCapability.PostcopyPreempt);
        long cut = step * 1311;
        pair.Connector.LinkOf = number => number == 1 ? pair.Network.Link with { CutAfter = cut } : null;
        pair.Fill().Migrate(async () =>
        {
            await pair.StartAsync();
            await pair.PausedAsync();
            pair.Recover();
        });
        pair.CheckMoved();
        Assert.That(pair.Source.Core.Outgoing!.Statistics.PreemptBytes, Is.GreaterThan(cut));
    }

    private static MigrationPair Create(bool isEarly, WorkloadSettings? workload = null)
    {
        MigrationPair pair = PostcopyMachines.Slow(workload, further: MigrationCapability.PostcopyPreempt);
        pair.Source.Core.Options.PreemptsEarly = isEarly;
        pair.Destination.Core.Options.PreemptsEarly = isEarly;
        return pair;
    }
}
