using Qmp.Devices.Vfio;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Status;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Postcopy;

/// <summary>The guest goes before its memory.</summary>
[TestFixture]
internal sealed class PostcopyPairTests
{
    [Test]
    public void A_guest_that_writes_too_fast_for_precopy_arrives_whole()
    {
        using MigrationPair pair = PostcopyMachines.Slow(PostcopyMachines.Busy);
        pair.Fill().Migrate(pair.StartAsync);
        pair.CheckMoved();
        MigrationInfo info = pair.Source.Core.Query();
        Assert.That(info.Ram!.PostcopyBytes, Is.GreaterThan(0));
        Assert.That(info.Ram.PostcopyRequests, Is.GreaterThan(0), "it did not wait for pages in turn");
        Assert.That(info.Ram.DowntimeBytes, Is.Zero);
        Assert.That(info.Downtime, Is.LessThan(100), "it is not stopped for its memory");
        Assert.That(info.TotalTime, Is.GreaterThan(500));
        Assert.That(
            pair.Source.EventNames,
            Is.EqualTo(new[]
            {
                "RESUME", "MIGRATION setup", "MIGRATION_PASS 1", "MIGRATION active", "STOP", "MIGRATION device", "MIGRATION_PASS 2",
                "MIGRATION postcopy-active", "MIGRATION completed",
            }));
        Assert.That(
            pair.Destination.EventNames[..5],
            Is.EqualTo(new[]
            {
                "MIGRATION setup", "MIGRATION active", "MIGRATION postcopy-active", "RESUME", "MIGRATION completed",
            }));
    }

    [Test]
    public void Memory_that_has_gone_is_given_back([Values] bool preempt)
    {
        MigrationCapability[] further = preempt ? [MigrationCapability.ReleaseRam, MigrationCapability.PostcopyPreempt] : [MigrationCapability.ReleaseRam];
        using MigrationPair pair = PostcopyMachines.Slow(further: further);
        byte[] before = pair.Fill(share: 1).Source.Ram();
        pair.Migrate(pair.StartAsync);
        Assert.That(pair.Destination.Ram().AsSpan().SequenceEqual(before));
        Assert.That(pair.Source.Ram().AsSpan().ContainsAnyExcept((byte)0), Is.False, "the source has kept some");
    }

    [Test]
    public void What_was_given_back_cannot_be_sent_again()
    {
        using MigrationPair pair = PostcopyMachines.Slow(further: MigrationCapability.ReleaseRam);
        pair.Fill();
        pair.Timeline.Run(async () =>
        {
            pair.Destination.Listening("/mig");
            pair.Source.Running();
            pair.Source.Core.Migrate(new MigrationRequest(MigrationPair.Address));
            await pair.FollowAsync();
            pair.Source.Core.PausePostcopy();
            await pair.PausedAsync();
            Assert.That(pair.Recover, Throws.TypeOf<MigrationException>().With.Message.EqualTo("Postcopy recovery cannot work when release-ram capability is set"));
            Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.PostcopyPaused));
        });
    }

    // The guest goes only when the destination's devices have let it, whatever clients ask for.
    [Test]
    public void A_closed_gate_holds_it()
    {
        using MigrationPair pair = PostcopyMachines.Slow(
            PostcopyMachines.Busy, further: [MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck]);
        var settings = new VfioSettings { Id = "v0", InitialBytes = 65536, LoadTime = TimeSpan.FromMilliseconds(500), AllowsPostcopy = true };
        pair.Source.Add(settings);
        pair.Destination.Add(settings);
        pair.Fill().Migrate(async () =>
        {
            await pair.StartAsync();
            await Wait.UntilAsync(pair.Timeline, () => pair.Source.Status != MigrationStatus.Active);
            Assert.That(pair.Destination.Core.Switchover.AcknowledgedAt, Is.Not.Null);
            Assert.That(pair.Timeline.NowMilliseconds, Is.GreaterThan(500));
        });
        pair.CheckMoved();
    }

    [Test]
    public void Memory_follows_that_nobody_asks_for([Values] bool isBeforeTheFirstPage)
    {
        using MigrationPair pair = PostcopyMachines.Slow();
        pair.Fill().Migrate(async () =>
        {
            if (!isBeforeTheFirstPage) await Wait.UntilAsync(pair.Timeline, () => pair.Source.Core.Query().Ram?.Normal > 100);
            await pair.StartAsync();
        });
        pair.CheckMoved();
        Assert.That(pair.Source.Core.Query().Ram!.PostcopyRequests, Is.Zero);
        Assert.That(pair.Destination.Machine.Memory.Blocks[0].Gate, Is.Null, "nothing is missing any more");
    }

    [Test]
    public void What_is_waited_for_comes_first_and_past_the_limit()
    {
        using MigrationPair pair = PostcopyMachines.Slow(parameters: new() { MaxPostcopyBandwidth = 4096 });
        byte[] page = new byte[RamBlock.PageSize];
        page.AsSpan().Fill(0x5a);
        RamBlock block = pair.Source.Machine.Memory.Blocks[0];
        long last = block.Pages - 1;
        pair.Fill(1);
        pair.Source.Machine.Memory.Load((ulong)last * RamBlock.PageSize, page);
        pair.Migrate(async () =>
        {
            await pair.FollowAsync();
            long start = pair.Timeline.NowMilliseconds;
            Assert.That(await pair.TouchAsync(last), Is.EqualTo(0x5a));
            Assert.That(pair.Timeline.NowMilliseconds - start, Is.LessThan(100));
            MigrationInfo info = pair.Source.Core.Query();
            Assert.That(info.Status, Is.EqualTo(MigrationStatus.PostcopyActive));
            Assert.That(info.Ram!.PostcopyRequests, Is.EqualTo(1));
            Assert.That(info.Ram.Remaining, Is.GreaterThan(block.Pages / 4 * RamBlock.PageSize), "the rest keeps to its limit");
            Assert.That(info.ExpectedDowntime, Is.Null);
            Assert.That(info.Downtime, Is.Not.Null);
            pair.Source.Core.Options.SetParameters(new() { MaxPostcopyBandwidth = 0 });
        });
        pair.CheckMoved();
    }

    [Test]
    public void A_migration_that_is_not_asked_to_stays_one_of_memory_first()
    {
        using MigrationPair pair = PostcopyMachines.Slow();
        pair.Fill().Migrate();
        pair.CheckMoved();
        Assert.That(pair.Source.EventNames, Has.None.Contains("postcopy"));
        Assert.That(pair.Source.Core.Query().Ram!.PostcopyBytes, Is.Zero);
    }

    [Test]
    public void A_guest_that_is_gone_cannot_be_taken_back()
    {
        using MigrationPair pair = PostcopyMachines.Slow(parameters: new() { MaxPostcopyBandwidth = 4096 });
        pair.Fill(1).Migrate(async () =>
        {
            await pair.FollowAsync();
            MigrationException refusal = Assert.Throws<MigrationException>(pair.Source.Core.Cancel)!;
            Assert.That(refusal.Message, Is.EqualTo("Postcopy migration in progress, cannot cancel."));
            Assert.That(pair.Source.Machine.RunState, Is.EqualTo(RunState.FinishMigrate));
            pair.Source.Core.StartPostcopy(); // once more, which does not matter
            pair.Source.Core.Options.SetParameters(new() { MaxPostcopyBandwidth = 0 });
        });
        pair.CheckMoved();
    }

    [Test]
    public void A_destination_in_postcopy_cannot_be_sent_on()
    {
        using MigrationPair pair = PostcopyMachines.Slow(parameters: new() { MaxPostcopyBandwidth = 4096 });
        pair.Fill(1).Migrate(async () =>
        {
            await pair.FollowAsync();
            var request = new MigrationRequest(TestMachine.Unix("/further"));
            Assert.That(
                Assert.Throws<MigrationException>(() => pair.Destination.Core.Migrate(request))!.Message, Is.EqualTo("duplicate yank instance"));
            Assert.That(pair.Destination.Core.Query().Status, Is.EqualTo(MigrationStatus.Setup), "QEMU's stays there, too");
            pair.Destination.Core.Cancel();
            Assert.That(pair.Destination.Core.Query().Status, Is.EqualTo(MigrationStatus.Cancelled));
            pair.Source.Core.Options.SetParameters(new() { MaxPostcopyBandwidth = 0 });
            await Wait.UntilAsync(pair.Timeline, () => pair.Destination.EventNames.Contains("MIGRATION completed"));
        });
        Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(pair.Destination.Ram().AsSpan().SequenceEqual(pair.Source.Ram()));
    }

    [TestCase(Release.Ten, false)]
    [TestCase(Release.Eleven, true)]
    public void A_newer_release_counts_what_is_left_in_each_turn(Release release, bool counts)
    {
        var timeline = new VirtualTimeline();
        var network = new VirtualNetwork(timeline) { Link = new() { Bandwidth = 4 << 20 } };
        using TestMachine source = release.Machine(timeline, network, "src", 4 << 20);
        using TestMachine destination = release.Machine(timeline, network, "dst", 4 << 20);
        source.Machine.Memory.Load(0, Enumerable.Repeat((byte)1, 4 << 20).ToArray());
        source.With(PostcopyMachines.Capabilities).Running();
        source.Core.Options.SetParameters(new() { MaxBandwidth = 1 << 20 });
        destination.With(PostcopyMachines.Capabilities).Listening("/mig");
        timeline.Run(async () =>
        {
            source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/mig")));
            await Wait.ForAsync(timeline, TimeSpan.FromSeconds(1));
            ulong passes = (ulong)source.Core.Query().Ram!.DirtySyncCount;
            Assert.That(passes, counts ? Is.GreaterThan(5) : Is.EqualTo(1));
            source.Core.StartPostcopy();
            await Wait.EndAsync(source, timeline);
        });
        Assert.That(source.Status, Is.EqualTo(MigrationStatus.Completed));
    }

    [Test]
    public void Waits_are_measured_where_that_is_asked_for([Values] bool isAsked)
    {
        using MigrationPair pair = PostcopyMachines.Slow(PostcopyMachines.Busy);
        if (isAsked) pair.Destination.With(MigrationCapability.PostcopyBlocktime);
        pair.Fill().Migrate(pair.StartAsync);
        pair.CheckMoved();
        MigrationInfo info = pair.Destination.Core.Query();
        Assert.That(info.PostcopyBlocktime, isAsked ? Is.GreaterThan(0) : Is.Null);
        Assert.That(info.PostcopyLatency, isAsked ? Is.GreaterThan(0) : Is.Null);
        Assert.That(info.PostcopyLatencyDist?.Sum(n => (long)n), isAsked ? Is.GreaterThan(0) : Is.Null);
    }

    [Test]
    public void The_same_start_gives_the_same_transcript()
    {
        List<string> first = Run();
        Assert.That(Run(), Is.EqualTo(first));

        static List<string> Run()
        {
            List<string> transcript = [];
            using var pair = new MigrationPair(PostcopyMachines.Capabilities, workload: PostcopyMachines.Busy, transcript: transcript);
            pair.Network.Link = new() { Bandwidth = 4 << 20, Latency = TimeSpan.FromMilliseconds(1) };
            pair.Migrate(pair.StartAsync);
            return transcript;
        }
    }

    [TestCase(Release.Eleven, Release.Eleven)]
    [TestCase(Release.Ten, Release.Eleven)]
    [TestCase(Release.Eleven, Release.Ten)]
    [TestCase(Release.Eleven, Release.Eleven, true, TestName = "The devices are loaded before the source looks")]
    public void A_newer_release_waits_until_the_devices_are_loaded(Release from, Release to, bool isLate = false)
    {
        var timeline = new VirtualTimeline();
        var network = new VirtualNetwork(timeline) { Link = new() { Bandwidth = 4 << 20 } };
        using TestMachine source = from.Machine(timeline, network, "src", 4 << 20);
        using TestMachine destination = to.Machine(timeline, network, "dst", 4 << 20);
        byte[] noise = new byte[4 << 20];
        new Random(1).NextBytes(noise);
        source.Machine.Memory.Load(0, noise);
        source.With(PostcopyMachines.Capabilities).Running();
        destination.With(PostcopyMachines.Capabilities).Listening("/mig");
        if (isLate) source.Core.Faults.Set(new FaultPlan { Point = FaultPoint.EndDone, Action = FaultAction.Delay });
        timeline.Run(async () =>
        {
            source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/mig")));
            await Wait.UntilAsync(timeline, () => source.Status == MigrationStatus.Active);
            source.Core.StartPostcopy();
            await Wait.EndAsync(source, timeline);
        });
        Assert.That(source.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(destination.Ram().AsSpan().SequenceEqual(noise));
        Assert.That(source.EventNames.Contains("MIGRATION postcopy-device"), Is.EqualTo(from == Release.Eleven));
        Assert.That(destination.EventNames.Contains("MIGRATION postcopy-device"), Is.EqualTo(to == Release.Eleven));
        Assert.That(source.EventNames, Has.Member("MIGRATION postcopy-active"));
        Assert.That(destination.EventNames, Has.Member("MIGRATION postcopy-active"));
    }
}
