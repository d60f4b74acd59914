using Qmp.Devices.Workload;
using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Types;

namespace Qmp.Migration.Tests.Support;

/// <summary>Two machines on a virtual timeline, with the same capabilities and parameters, and a network between them.</summary>
internal sealed class MigrationPair : IDisposable
{
    private const string Path = "/mig";

    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);

    public MigrationPair(
        MigrationCapability[] capabilities,
        MigrateSetParameters? parameters = null,
        ulong ram = 4 << 20,
        WorkloadSettings? workload = null,
        List<string>? transcript = null,
        Guid? sourceUuid = null,
        Guid? destinationUuid = null,
        Action<GuestMemory>? memory = null)
    {
        Network = new VirtualNetwork(Timeline);
        Connector = new PickyConnector(Timeline, Network);
        Source = Create("src", sourceUuid, new LogLines());
        Destination = Create("dst", destinationUuid, DestinationLog);

        TestMachine Create(string name, Guid? uuid, LogLines log)
        {
            var machine = new TestMachine(
                Timeline, Connector, name, ram, transcript, new MachineIdentity("none", Uuid: uuid), memory, workload, log.Logger);
            machine.With(capabilities);
            machine.Core.Options.SetParameters(parameters ?? new MigrateSetParameters());
            return machine;
        }
    }

    public VirtualTimeline Timeline { get; } = new();

    public VirtualNetwork Network { get; }

    public PickyConnector Connector { get; }

    public TestMachine Source { get; }

    public TestMachine Destination { get; }

    /// <summary>Why the destination refused what came.</summary>
    public LogLines DestinationLog { get; } = new();

    /// <summary>Milliseconds from the start of the migration to its end on both sides.</summary>
    public long Took { get; private set; }

    public static MigrationAddress Address => TestMachine.Unix(Path);

    /// <summary>Fills a share of the source's pages, spread over its memory, with noise.</summary>
    public MigrationPair Fill(double share = 0.5, int seed = 1)
    {
        var random = new Random(seed);
        byte[] page = new byte[RamBlock.PageSize];
        for (ulong offset = 0; offset < Source.Machine.Memory.TotalLength; offset += RamBlock.PageSize)
        {
            if (random.NextDouble() >= share) continue;
            random.NextBytes(page.AsSpan(random.Next(RamBlock.PageSize)));
            Source.Machine.Memory.Load(offset, page);
        }

        return this;
    }

    /// <summary>Migrates, and waits until both sides have ended.</summary>
    /// <param name="meanwhile">What happens in the meantime.</param>
    public void Migrate(Func<ValueTask>? meanwhile = null)
    {
        Timeline.Run(async () =>
        {
            Destination.Listening(Path);
            Source.Running();
            long start = Timeline.NowMilliseconds;
            Source.Core.Migrate(new MigrationRequest(Address));
            if (meanwhile is not null) await meanwhile();
            await Wait.EndAsync(Source, Timeline);
            await Wait.EndAsync(Destination, Timeline);
            Took = Timeline.NowMilliseconds - start;
        });
    }

    /// <summary>Fails the test unless both sides have completed, with the same memory.</summary>
    public void CheckMoved()
    {
        Assert.That(Source.Core.Query().ErrorDesc, Is.Null);
        Assert.That(Destination.LoadError, Is.Null);
        Assert.That(Source.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(Destination.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(Source.Machine.RunState, Is.EqualTo(RunState.Postmigrate));
        Assert.That(Destination.Machine.RunState, Is.EqualTo(RunState.Running));
        if (Source.Guest is null) Assert.That(Destination.Ram().AsSpan().SequenceEqual(Source.Ram()));
        else CheckGuests();
    }

    /// <summary>Fails the test unless exactly one of them runs, and says why if the source does.</summary>
    public void CheckOneRuns(string what)
    {
        bool moved = Destination.Status == MigrationStatus.Completed;
        Assert.That(Source.Machine.IsRunning, Is.Not.EqualTo(moved), what);
        Assert.That(Destination.Machine.IsRunning, Is.EqualTo(moved), what);
        Assert.That(Source.Status == MigrationStatus.Completed, Is.EqualTo(moved), what);
        if (moved)
        {
            Assert.That(Destination.Ram().AsSpan().SequenceEqual(Source.Ram()), what);
            return;
        }

        Assert.That(Source.Status, Is.EqualTo(MigrationStatus.Failed), what);
        Assert.That(Destination.Status, Is.EqualTo(MigrationStatus.Failed), what);
        Assert.That(Source.Core.Query().ErrorDesc, Is.Not.Null.And.Not.Empty.And.Not.StartsWith("Internal error"), what);
        Assert.That(Destination.LoadError, Is.Not.Null.And.Not.Empty, what);
    }

    /// <summary>Fails the test if activities are left over; there must be no guest that works.</summary>
    public void CheckIdle()
    {
        Timeline.RunUntilIdle(Settling);
        Assert.That(Timeline.LiveActivities, Is.Zero, "activities that hang");
    }

    public void Dispose()
    {
        Source.Dispose();
        Destination.Dispose();
    }

    private void CheckGuests()
    {
        ulong moved = Source.Guest!.Writes;
        Timeline.Run(async () =>
        {
            await Wait.ForAsync(Timeline, TimeSpan.FromMilliseconds(100));
            await Destination.Machine.StopAsync(RunState.Paused);
        });
        Assert.That(Source.Guest.Verify(), Is.Null);
        Assert.That(Destination.Guest!.Verify(), Is.Null);
        Assert.That(moved, Is.GreaterThan(0));
        Assert.That(Destination.Guest.Writes, Is.GreaterThan(moved), "it writes on");
    }
}
