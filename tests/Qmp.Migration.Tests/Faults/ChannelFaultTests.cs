using Qmp.Machine.Memory;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Faults;

/// <summary>Faults of one multifd channel.</summary>
[TestFixture]
internal sealed class ChannelFaultTests
{
    [Test]
    public void A_corrupt_page_is_one_byte_of_guest_memory()
    {
        using MigrationPair pair = Create();
        pair.Fill(1);

        // The first packets are barriers.
        pair.Source.Core.Faults.Set(new() { Point = FaultPoint.MultifdSend, Action = FaultAction.Corrupt, AfterMs = 500 });
        pair.Migrate();
        Assert.That(pair.Destination.Status, Is.EqualTo(MigrationStatus.Completed), pair.Destination.LoadError);
        byte[] sent = pair.Source.Ram();
        byte[] received = pair.Destination.Ram();
        int[] differing = [.. Enumerable.Range(0, sent.Length).Where(i => sent[i] != received[i])];
        Assert.That(differing, Has.Length.EqualTo(1));
        Assert.That(received[differing[0]], Is.EqualTo(sent[differing[0]] ^ 0xff));
    }

    [TestCase(FaultPoint.MultifdArrive)]
    [TestCase(FaultPoint.MultifdArriveDone)]
    [TestCase(FaultPoint.MultifdReceive)]
    public void A_corrupt_channel_is_refused_by_its_destination(FaultPoint point)
    {
        using MigrationPair pair = Create();
        pair.Fill();
        pair.Destination.Core.Faults.Set(new() { Point = point, Action = FaultAction.Corrupt });
        pair.Migrate();
        Assert.That(pair.Destination.LoadError, Does.StartWith("multifd: received packet magic").Or.Contain("Invalid argument"));
        pair.CheckOneRuns($"{point}");
        pair.CheckIdle();
    }

    [TestCase(FaultPoint.MultifdReceive)]
    [TestCase(FaultPoint.MultifdReceiveDone)]
    [TestCase(FaultPoint.MultifdSend)]
    [TestCase(FaultPoint.MultifdSendDone)]
    public void A_channel_that_is_halted_halts_only_itself_until_the_next_barrier(FaultPoint point)
    {
        using MigrationPair pair = Create();
        pair.Fill(1);
        bool isSend = point is FaultPoint.MultifdSend or FaultPoint.MultifdSendDone;
        TestMachine faulty = isSend ? pair.Source : pair.Destination;
        faulty.Core.Faults.Set(new() { Point = point, Action = FaultAction.Hold, AfterMs = 500 });
        pair.Migrate(async () =>
        {
            await Wait.ForAsync(pair.Timeline, TimeSpan.FromSeconds(20));
            Assert.That(faulty.Core.Faults.Query()[0].Held, Is.True);
            Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.Active).Or.EqualTo(MigrationStatus.Device));

            // The other channel has carried the rest of the pass, or what its own link holds.
            if (isSend) Assert.That(pair.Source.Core.Query().Ram!.Normal, Is.GreaterThan((4 << 20) / 4096 * 3 / 4));
            Assert.That(faulty.Core.Faults.Release(point), Is.True);
        });
        pair.CheckMoved();
        pair.CheckIdle();
        Assert.That(pair.Took, Is.GreaterThan(20_000));
    }

    [Test]
    public void A_channel_that_is_cut_ends_the_migration([Values] bool atSource)
    {
        using MigrationPair pair = Create();
        pair.Fill(1);
        (TestMachine machine, FaultPoint point) = atSource
            ? (pair.Source, FaultPoint.MultifdSendDone)
            : (pair.Destination, FaultPoint.MultifdReceiveDone);
        machine.Core.Faults.Set(new() { Point = point, Action = FaultAction.Close, AfterMs = 500 });
        pair.Migrate();
        Assert.That(machine.Core.Faults.Query()[0].Hits, Is.EqualTo(1));
        Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.Failed));
        pair.CheckOneRuns($"{point}");
        pair.CheckIdle();
    }

    [TestCase(FaultPoint.MultifdSend, true)]
    [TestCase(FaultPoint.MultifdConnectDone, true)]
    [TestCase(FaultPoint.MultifdArriveDone, false)]
    [TestCase(FaultPoint.MultifdReceiveDone, false)]
    public void A_failure_is_told_as_one_that_was_injected(FaultPoint point, bool atSource)
    {
        using MigrationPair pair = Create();
        pair.Fill();
        (atSource ? pair.Source : pair.Destination).Core.Faults.Set(new() { Point = point, Action = FaultAction.Fail });
        pair.Migrate();
        string? error = atSource ? pair.Source.Core.Query().ErrorDesc : pair.Destination.Core.Query().ErrorDesc;
        Assert.That(error, Is.EqualTo($"Fault injected at '{point.ToWireName()}'"));
        pair.CheckIdle();
    }

    private static MigrationPair Create()
    {
        var pair = new MigrationPair(
            [MigrationCapability.Multifd, MigrationCapability.ReturnPath], new() { MultifdChannels = 2 });
        pair.Network.Link = new LinkSettings { Bandwidth = 2_000_000, Buffer = RamBlock.PageSize * 16 };
        return pair;
    }
}
