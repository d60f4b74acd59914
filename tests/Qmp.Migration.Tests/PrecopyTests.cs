using Qmp.Devices.Workload;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests;

[TestFixture]
internal sealed class PrecopyTests
{
    private const string Path = "/mig";

    private static readonly string[] SourceEvents =
    [
        "RESUME", "MIGRATION setup", "MIGRATION_PASS 1", "MIGRATION active", "STOP", "MIGRATION device",
        "MIGRATION_PASS 2", "MIGRATION completed",
    ];

    private static readonly string[] DestinationEvents =
        ["MIGRATION setup", "MIGRATION active", "RESUME", "MIGRATION completed"];

    [Test]
    public void A_running_guest_moves_with_all_its_memory([Values] bool returnPath, [Values] bool switchoverAck)
    {
        if (switchoverAck && !returnPath) return;
        MigrationCapability[] capabilities =
        [
            MigrationCapability.Events,
            .. returnPath ? [MigrationCapability.ReturnPath] : Array.Empty<MigrationCapability>(),
            .. switchoverAck ? [MigrationCapability.SwitchoverAck] : Array.Empty<MigrationCapability>(),
        ];
        var timeline = new VirtualTimeline();
        var network = new VirtualNetwork(timeline);
        using var source = new TestMachine(timeline, network, "src");
        using var destination = new TestMachine(timeline, network, "dst");
        var random = new Random(1);
        byte[] page = new byte[4096];
        for (ulong offset = 0; offset < 16 << 20; offset += 8192)
        {
            random.NextBytes(page);
            source.Machine.Memory.Load(offset, page);
        }

        timeline.Run(async () =>
        {
            destination.With(capabilities).Listening(Path);
            source.With(capabilities).Running();
            source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
            await Wait.EndAsync(source, timeline);
            await Wait.EndAsync(destination, timeline);
        });
        Assert.That(source.Core.Query().ErrorDesc, Is.Null);
        Assert.That(source.EventNames, Is.EqualTo(SourceEvents));
        Assert.That(destination.EventNames, Is.EqualTo(DestinationEvents));
        Assert.That(source.Machine.RunState, Is.EqualTo(RunState.Postmigrate));
        Assert.That(destination.Machine.RunState, Is.EqualTo(RunState.Running));
        Assert.That(destination.Ram().AsSpan().SequenceEqual(source.Ram()));
    }

    [Test]
    public void A_guest_that_writes_loses_no_write()
    {
        var timeline = new VirtualTimeline();
        var network = new VirtualNetwork(timeline) { Link = new LinkSettings { Bandwidth = 20_000_000 } };
        var workload = new WorkloadSettings { Rate = 4_000_000, WorkingSet = 4 << 20 };
        using var source = new TestMachine(timeline, network, "src", workload: workload);
        using var destination = new TestMachine(timeline, network, "dst", workload: workload);
        ulong moved = 0;
        timeline.Run(async () =>
        {
            destination.Listening(Path);
            source.Running();
            await Wait.ForAsync(timeline, TimeSpan.FromSeconds(2));
            source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
            await Wait.EndAsync(source, timeline);
            await Wait.EndAsync(destination, timeline);
            moved = source.Guest!.Writes;
            await Wait.ForAsync(timeline, TimeSpan.FromSeconds(1));
            await destination.Machine.StopAsync(RunState.Paused);
        });
        Assert.That(source.Guest!.Verify(), Is.Null);
        Assert.That(destination.Guest!.Verify(), Is.Null);
        Assert.That(moved, Is.GreaterThan(1000));
        Assert.That(destination.Guest!.Writes, Is.GreaterThan(moved + 900));
        Assert.That(source.Core.Query().Ram!.DirtySyncCount, Is.GreaterThan(2));
    }
}
