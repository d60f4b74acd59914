using Qmp.Devices.Workload;
using Qmp.Machine.Memory;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Postcopy;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Snapshot;

/// <summary>A machine is sent as it was while its guest runs on (<c>background-snapshot</c>).</summary>
[TestFixture]
internal sealed class SnapshotTests
{
    [Test]
    public void It_is_the_machine_of_one_moment_and_the_guest_runs_on()
    {
        using MigrationPair pair = Create(PostcopyMachines.Busy);
        ulong atTheMoment = 0;
        pair.Migrate(async () =>
        {
            await Wait.UntilAsync(pair.Timeline, () => pair.Source.EventNames is [.., "RESUME"]);
            atTheMoment = pair.Source.Guest!.Writes;
            await Wait.UntilAsync(pair.Timeline, () => pair.Source.Guest.Writes > atTheMoment + 100);
            Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.Active), "it writes while it is being saved");
        });
        Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(pair.Destination.Status, Is.EqualTo(MigrationStatus.Completed), pair.Destination.LoadError);
        pair.Timeline.Run(async () =>
        {
            await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(100));
            Assert.That(pair.Source.Machine.RunState, Is.EqualTo(RunState.Running));
            Assert.That(pair.Destination.Machine.RunState, Is.EqualTo(RunState.Running));
            await pair.Source.Machine.StopAsync(RunState.Paused);
            await pair.Destination.Machine.StopAsync(RunState.Paused);
        });
        Assert.That(pair.Destination.Guest!.Verify(), Is.Null, "memory and devices are of the same moment");
        Assert.That(pair.Source.Guest!.Verify(), Is.Null, "and the guest lost nothing");
        Assert.That(
            pair.Source.EventNames,
            Is.EqualTo(new[] { "RESUME", "MIGRATION setup", "MIGRATION active", "STOP", "RESUME", "MIGRATION completed", "STOP" }));
        MigrationInfo info = pair.Source.Core.Query();
        Assert.That(info.Ram!.DirtySyncCount, Is.Zero);
        Assert.That(info.Downtime, Is.LessThan(10));
        CheckFree(pair.Source);
    }

    [Test]
    public void A_guest_that_is_paused_stays_so()
    {
        using MigrationPair pair = Create();
        pair.Timeline.Run(async () =>
        {
            pair.Destination.Listening("/mig");
            pair.Source.Running();
            await pair.Source.Machine.StopAsync(RunState.Paused);
            pair.Source.Core.Migrate(new MigrationRequest(MigrationPair.Address));
            await Wait.EndAsync(pair.Source, pair.Timeline);
            await Wait.EndAsync(pair.Destination, pair.Timeline);
        });
        Assert.That(pair.Source.Machine.RunState, Is.EqualTo(RunState.Paused));
        Assert.That(pair.Destination.Machine.RunState, Is.EqualTo(RunState.Paused));
        Assert.That(pair.Destination.Ram().AsSpan().SequenceEqual(pair.Source.Ram()));
    }

    [Test]
    public void Reads_do_not_wait_and_writes_come_first()
    {
        using MigrationPair pair = Create();
        pair.Migrate(async () =>
        {
            await Wait.UntilAsync(pair.Timeline, () => pair.Source.EventNames is [.., "RESUME"]);
            RamBlock block = pair.Source.Machine.Memory.Blocks[0];
            ulong last = (ulong)(block.Pages - 1) * RamBlock.PageSize;
            byte[] was = new byte[1];
            long start = pair.Timeline.NowMilliseconds;
            await pair.Source.Machine.Memory.ReadAsync(last, was);
            Assert.That(pair.Timeline.NowMilliseconds, Is.EqualTo(start));
            await pair.Source.Machine.Memory.WriteAsync(last, new byte[] { (byte)(was[0] + 1) });
            Assert.That(pair.Timeline.NowMilliseconds - start, Is.InRange(1, 200), "it waits for what is on its way, and for its own page");
            Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.Active));
            Assert.That(block.Peek(last, 1)[0], Is.EqualTo((byte)(was[0] + 1)));
            await Wait.EndAsync(pair.Destination, pair.Timeline);
            Assert.That(pair.Destination.Machine.Memory.Blocks[0].Peek(last, 1)[0], Is.EqualTo(was[0]));
        });
    }

    [Test]
    public void One_that_ends_early_leaves_the_guest_as_it_is([Values] bool isCancelled)
    {
        using MigrationPair pair = Create(PostcopyMachines.Busy);
        if (!isCancelled) pair.Network.Link = pair.Network.Link with { CutAfter = 1 << 20 };
        pair.Migrate(async () =>
        {
            await Wait.UntilAsync(pair.Timeline, () => pair.Source.EventNames is [.., "RESUME"]);
            await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(100));
            if (isCancelled) pair.Source.Core.Cancel();
        });
        Assert.That(pair.Source.Status, Is.EqualTo(isCancelled ? MigrationStatus.Cancelled : MigrationStatus.Failed));
        CheckFree(pair.Source);
        ulong writes = pair.Source.Guest!.Writes;
        pair.Timeline.Run(async () =>
        {
            await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(100));
            await pair.Source.Machine.StopAsync(RunState.Paused);
        });
        Assert.That(pair.Source.Guest.Writes, Is.GreaterThan(writes));
        Assert.That(pair.Source.Guest.Verify(), Is.Null);
    }

    // Who stops the guest waits for its last write, which waits for its page, which is not sent any more.
    [Test]
    public void A_guest_can_be_stopped_while_it_waits()
    {
        using MigrationPair pair = Create(PostcopyMachines.Busy);
        pair.Network.Link = pair.Network.Link with { CutAfter = 1 << 20 };
        pair.Migrate(async () =>
        {
            await Wait.UntilAsync(pair.Timeline, () => pair.Source.EventNames is [.., "RESUME"]);
            using (await pair.Source.Machine.Lock.EnterAsync()) await pair.Source.Machine.StopAsync(RunState.Paused);
        });
        Assert.That(pair.Source.Machine.RunState, Is.EqualTo(RunState.Paused));
        Assert.That(pair.Source.Guest!.Verify(), Is.Null);
    }

    [Test]
    public void The_machine_can_be_migrated_afterwards()
    {
        using MigrationPair pair = Create(PostcopyMachines.Busy);
        pair.Migrate();
        pair.Timeline.Run(async () => await pair.Destination.Machine.StopAsync(RunState.Paused));
        pair.Source.Without(MigrationCapability.BackgroundSnapshot);
        using var next = new TestMachine(pair.Timeline, pair.Network, "next", 4 << 20, workload: PostcopyMachines.Busy);
        pair.Network.Link = new LinkSettings { Bandwidth = 400 << 20 };
        pair.Timeline.Run(async () =>
        {
            next.Listening("/next");
            pair.Source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/next")));
            await Wait.EndAsync(pair.Source, pair.Timeline);
            await Wait.EndAsync(next, pair.Timeline);
            await next.Machine.StopAsync(RunState.Paused);
        });
        Assert.That(pair.Source.Machine.RunState, Is.EqualTo(RunState.Postmigrate));
        Assert.That(next.Guest!.Verify(), Is.Null);
    }

    private static MigrationPair Create(WorkloadSettings? workload = null)
    {
        var pair = new MigrationPair([MigrationCapability.Events], workload: workload);
        pair.Source.With(MigrationCapability.BackgroundSnapshot);
        pair.Network.Link = new LinkSettings { Bandwidth = 4 << 20, Latency = TimeSpan.FromMilliseconds(1) };
        return pair.Fill(1);
    }

    private static void CheckFree(TestMachine machine) => Assert.That(machine.Machine.Memory.Blocks.Select(b => b.Gate), Is.All.Null);
}
