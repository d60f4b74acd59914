using Qmp.Devices.Workload;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Posix;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Status;
using Qmp.Migration.Tests.Support;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Migration.Tests.Faults;

/// <summary>Every fault at every point of either end: what is left of the guest is whole, and runs once.</summary>
[TestFixture, Parallelizable]
internal sealed class FaultSweepTests
{
    /// <summary>
    /// Where a destination has, or will have, all that it needs to run the guest, and the source may not hear that it
    /// does: then the source's guest runs on, too, as nobody can know. With <c>-S</c> the destination does not start it.
    /// </summary>
    private static readonly FaultPoint[] Unheard =
    [
        FaultPoint.EndDone, FaultPoint.DeviceLoad, FaultPoint.DeviceLoadDone, FaultPoint.Start, FaultPoint.StartDone,
        FaultPoint.Completion, FaultPoint.CompletionDone, FaultPoint.Shut, FaultPoint.ReturnPathSend,
        FaultPoint.ReturnPathReceive, FaultPoint.ReturnPathReceiveDone,
    ];

    private static readonly WorkloadSettings Workload = new() { Rate = 4 << 20, WorkingSet = 256 << 10 };

    private static IEnumerable<TestCaseData> Cases() =>
        from point in Enum.GetValues<FaultPoint>()
        where point != FaultPoint.Unrecognized
        from action in Enum.GetValues<FaultAction>()
        where action is not (FaultAction.Unrecognized or FaultAction.Drop or FaultAction.OtherPage) // those are of postcopy
        from atSource in new[] { true, false }
        select new TestCaseData(point, action, atSource)
            .SetArgDisplayNames(point.ToWireName(), action.ToWireName(), atSource ? "source" : "destination");

    private static IEnumerable<TestCaseData> OfMultifd() =>
        Cases().Where(c => ((FaultPoint)c.Arguments[0]!).ToWireName().StartsWith("multifd-", StringComparison.Ordinal));

    private static IEnumerable<TestCaseData> Unheards() =>
        Cases().Where(c => Unheard.Contains((FaultPoint)c.Arguments[0]!));

    [TestCaseSource(nameof(OfMultifd))]
    public void Channels_in_virtual_time(FaultPoint point, FaultAction action, bool atSource) =>
        RunInVirtualTime(point, action, atSource, channels: 3);

    [Category("Slow")]
    [TestCaseSource(nameof(Cases))]
    public void In_virtual_time_over_several_channels(FaultPoint point, FaultAction action, bool atSource) =>
        RunInVirtualTime(point, action, atSource, channels: 3);

    [Category("Slow")]
    [TestCaseSource(nameof(Cases))]
    public void In_virtual_time(FaultPoint point, FaultAction action, bool atSource) =>
        RunInVirtualTime(point, action, atSource, channels: 0);

    private static void RunInVirtualTime(FaultPoint point, FaultAction action, bool atSource, int channels)
    {
        var timeline = new VirtualTimeline();
        var network = new VirtualNetwork(timeline)
        {
            Link = new LinkSettings { Bandwidth = 16 << 20, Latency = TimeSpan.FromMicroseconds(50) },
        };
        Outcome outcome = null!;
        timeline.Run(async () => outcome = await RunAsync(
            timeline, network, "/mig", Plan(point, action), atSource, channels: channels));
        Check(outcome, point, action, atSource);
    }

    [TestCaseSource(nameof(Unheards))]
    public void A_destination_that_does_not_start_is_never_the_second_to_run(
        FaultPoint point, FaultAction action, bool atSource)
    {
        var timeline = new VirtualTimeline();
        Outcome outcome = null!;
        timeline.Run(async () => outcome = await RunAsync(
            timeline, new VirtualNetwork(timeline), "/mig", Plan(point, action), atSource, autostart: false));
        Assert.That(outcome.DestinationRan, Is.False);
        Assert.That(outcome.SourceRan || outcome.Destination.Status == MigrationStatus.Completed, $"{outcome}");
    }

    [Category("Slow")]
    [TestCaseSource(nameof(OfMultifd))]
    public void Channels_in_real_time(FaultPoint point, FaultAction action, bool atSource) =>
        RunInRealTime(point, action, atSource, channels: 3);

    [Category("Slow")]
    [TestCaseSource(nameof(Cases))]
    public void In_real_time(FaultPoint point, FaultAction action, bool atSource) =>
        RunInRealTime(point, action, atSource, channels: 0);

    private static void RunInRealTime(FaultPoint point, FaultAction action, bool atSource, int channels)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("qmp");
        try
        {
            var timeline = new ThreadTimeline(TimeProvider.System, Logger.None);
            var transport = new PosixConnector(new NoDescriptors());
            ValueTask<Outcome> run = RunAsync(
                timeline, transport, $"{folder}/mig", Plan(point, action), atSource, channels: channels);
            Check(run.AsTask().GetAwaiter().GetResult(), point, action, atSource);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Each is let happen twice, so that what comes again, comes again.
    private static FaultPlan Plan(FaultPoint point, FaultAction action) =>
        new() { Point = point, Action = action, Count = 2, DelayMs = 5 };

    private static async ValueTask<Outcome> RunAsync(
        Timeline timeline,
        IMigrationConnector transport,
        string path,
        FaultPlan plan,
        bool atSource,
        bool autostart = true,
        int channels = 0)
    {
        using var source = new TestMachine(timeline, transport, "src", 1 << 20, workload: Workload);
        using var destination = new TestMachine(timeline, transport, "dst", 1 << 20, workload: Workload);
        Fill(source.Machine.Memory);
        TestMachine faulty = atSource ? source : destination;
        int happened = 0;
        faulty.Core.Faults.Happening += _ => Interlocked.Increment(ref happened);
        faulty.Core.Faults.Set(plan);
        foreach (TestMachine machine in new[] { source, destination })
        {
            machine.With(
                MigrationCapability.Events, MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck,
                MigrationCapability.PauseBeforeSwitchover);
            if (channels == 0) continue;
            machine.With(MigrationCapability.Multifd);
            machine.Core.Options.SetParameters(new() { MultifdChannels = (byte)channels });
        }

        destination.Machine.Autostart = autostart;
        destination.Listening(path);
        source.Running();
        source.Core.Migrate(new MigrationRequest(TestMachine.Unix(path)));
        long ended = long.MaxValue;
        string State() => $"source {source.Status}, destination {destination.Status}, {happened} faults";
        await Wait.UntilAsync(timeline, HasCome, State);
        bool HasCome()
        {
            // Whatever happens, everything can be asked, and what is held goes on when it is released.
            _ = (source.Core.Query(), destination.Core.Query(), faulty.Core.Faults.Query());
            faulty.Core.Faults.Release(null);
            ContinueIfPaused(source);
            if (ended == long.MaxValue && HasEnded(source)) ended = timeline.NowMilliseconds;

            // A destination that nobody connected to waits on, as it may.
            bool waits = destination.Status == MigrationStatus.Setup && timeline.NowMilliseconds - ended > 100;
            return HasEnded(source) && (HasEnded(destination) || waits);
        }

        foreach (TestMachine machine in new[] { source, destination }) machine.Core.Shutdown();
        await source.Core.JoinAsync();
        await destination.Core.JoinAsync();
        bool sourceRan = source.Machine.IsRunning;
        bool destinationRan = destination.Machine.IsRunning;
        await source.Machine.StopAsync(RunState.Paused);
        await destination.Machine.StopAsync(RunState.Paused);
        return new Outcome
        {
            Happened = happened,
            Source = source.Core.Query(),
            Destination = destination.Core.Query(),
            SourceRan = sourceRan,
            DestinationRan = destinationRan,
            SourceGuest = source.Guest!.Verify(),
            DestinationGuest = destination.Guest!.Verify(),
            IsSourceIntact = IsFilled(source.Machine.Memory),
            IsDestinationIntact = IsFilled(destination.Machine.Memory),
        };
    }

    // In real time the destination's failure may end the pause just then.
    private static void ContinueIfPaused(TestMachine machine)
    {
        if (machine.Status != MigrationStatus.PreSwitchover) return;
        try
        {
            machine.Core.Continue(MigrationStatus.PreSwitchover);
        }
        catch (MigrationException) when (machine.Status != MigrationStatus.PreSwitchover)
        {
        }
    }

    private static bool HasEnded(TestMachine machine) =>
        machine.Status is MigrationStatus.Completed or MigrationStatus.Failed or MigrationStatus.Cancelled;

    private static void Check(Outcome outcome, FaultPoint point, FaultAction action, bool atSource)
    {
        string where = $"{outcome}";
        MigrationInfo faulty = atSource ? outcome.Source : outcome.Destination;
        Assert.That(outcome.IsSourceIntact, where);
        Assert.That(outcome.SourceGuest, Is.Null, where);
        Assert.That(outcome.SourceRan || outcome.DestinationRan, $"the guest is lost: {where}");
        if (!Unheard.Contains(point)) Assert.That(outcome.SourceRan && outcome.DestinationRan, Is.False, where);
        if (outcome.Happened == 0 || action is FaultAction.Delay or FaultAction.Hold)
        {
            Assert.That(outcome.Source.Status, Is.EqualTo(MigrationStatus.Completed), where);
            Assert.That(outcome.DestinationRan && outcome.DestinationGuest is null && outcome.IsDestinationIntact, where);
        }
        else if (action == FaultAction.Fail && faulty.Status == MigrationStatus.Failed)
        {
            Assert.That(faulty.ErrorDesc, Is.EqualTo($"Fault injected at '{point.ToWireName()}'"), where);
        }
        else if (outcome.Source.Status == MigrationStatus.Failed)
        {
            Assert.That(outcome.Source.ErrorDesc, Is.Not.Empty, where);
        }
        else if (action != FaultAction.Corrupt)
        {
            // Cut when nothing more had to be said.
            Assert.That(outcome.DestinationRan && outcome.DestinationGuest is null && outcome.IsDestinationIntact, where);
        }
    }

    private static void Fill(GuestMemory memory)
    {
        byte[] noise = Noise();
        for (int at = 0; at < noise.Length; at += 1 << 16)
        {
            memory.Load((ulong)(Workload.WorkingSet + at), noise.AsSpan(at, 1 << 16));
        }
    }

    private static bool IsFilled(GuestMemory memory)
    {
        byte[] bytes = new byte[512 << 10];
        memory.Peek((ulong)Workload.WorkingSet, bytes);
        return bytes.AsSpan().SequenceEqual(Noise());
    }

    private static byte[] Noise()
    {
        byte[] noise = new byte[512 << 10];
        new Random(11).NextBytes(noise);
        return noise;
    }

    private sealed record Outcome
    {
        public required int Happened { get; init; }

        public required MigrationInfo Source { get; init; }

        public required MigrationInfo Destination { get; init; }

        public required bool SourceRan { get; init; }

        public required bool DestinationRan { get; init; }

        public required string? SourceGuest { get; init; }

        public required string? DestinationGuest { get; init; }

        public required bool IsSourceIntact { get; init; }

        public required bool IsDestinationIntact { get; init; }
    }
}
