using System.Buffers.Binary;
using Qmp.Client;
using Qmp.EndToEnd.Tests.Interop.Scripted;
using Qmp.Interop.Emulators;
using Qmp.Interop.Proxy;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>The destination decides when the guest may switch over.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class GateTests
{
    private const long WorkloadOffset = 32 << 20;
    private const int WriteCounter = 16; // where the workload counts its writes, in the first page of its working set
    private const int SyncsPerSecond = 100;

    private const int Syncs = 200; // that the ack is withheld for: at least two seconds
    private static readonly MigrationCapability[] Capabilities =
        [MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck];

    private TemporaryFolder _folder = null!;
    private ScriptedDestination _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _destination = new ScriptedDestination(_folder.File("stream"));
    }

    [TearDown]
    public void TearDown()
    {
        _destination.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task Guest_runs_on_until_the_destination_acknowledges()
    {
        await using EmulatorProcess source = await StartAsync(
            EmulatorKind.Qmpd, "-device", $"x-workload,rate=8M,working-set=4M,offset={WorkloadOffset}");
        await source.SwitchOnAsync(Capabilities);
        await source.Migration.MigrateAsync(new() { Uri = _destination.Uri });
        await _destination.Iterating.WaitAsync(EventLog.Patience);

        MigrationInfo before = await source.QueryMigrateAsync();
        ulong writesBefore = await WritesAsync(source);
        long last = before.Ram!.DirtySyncCount + Syncs;
        await source.Monitor.WhenEventAsync(
            e => e.Name == "MIGRATION_PASS" && (long?)e.Data!["pass"] >= last, EventLog.Patience);
        MigrationInfo after = await source.QueryMigrateAsync();
        ulong writesAfter = await WritesAsync(source);
        Assert.That((before.Status, after.Status), Is.EqualTo((MigrationStatus.Active, MigrationStatus.Active)));
        Assert.That(await source.QueryRunStateAsync(), Is.EqualTo(RunState.Running));
        Assert.That(writesAfter - writesBefore, Is.GreaterThan(1000), "pages written meanwhile");
        double seconds = (after.TotalTime - before.TotalTime)!.Value / 1000.0;
        double rate = (after.Ram!.DirtySyncCount - before.Ram.DirtySyncCount) / seconds;
        TestContext.Out.WriteLine($"{rate:F1} syncs a second");
        Assert.That(rate, Is.InRange(1, SyncsPerSecond));

        DateTimeOffset acknowledged = DateTimeOffset.UtcNow;
        _destination.Acknowledge();
        QmpEvent stop = await source.Events.WhenAsync("STOP");
        await _destination.Loaded.WaitAsync(EventLog.Patience);
        _destination.Shut(0);
        QmpEvent completed = await source.Events.WhenAsync(MigrationStatus.Completed);
        MigrationInfo end = await source.QueryMigrateAsync();
        TestContext.Out.WriteLine(
            $"after the ack: stopped {Since(acknowledged, stop):F1} ms, completed {Since(acknowledged, completed):F1} ms; "
            + $"downtime {end.Downtime} ms");

        // 50 ms on a machine of one's own; whoever else runs here may take its time.
        Assert.That(Since(acknowledged, stop), Is.InRange(0, 1000));
        Assert.That(_destination.RunState, Is.EqualTo("running"));
        await CompareMemoryAsync(source);
    }

    [Test]
    public async Task QEMUs_guest_runs_on_too()
    {
        Requirement.Check(EmulatorKind.Qemu);
        await using EmulatorProcess source = await StartAsync(EmulatorKind.Qemu);
        await MigrateWithoutEventsAsync(source);
        await _destination.Iterating.WaitAsync(EventLog.Patience);
        MigrationInfo before = await source.QueryMigrateAsync();
        Assert.That(before.Status, Is.EqualTo(MigrationStatus.Active));
        Assert.That(await source.QueryRunStateAsync(), Is.EqualTo(RunState.Running));
        DateTimeOffset acknowledged = DateTimeOffset.UtcNow;
        _destination.Acknowledge();
        QmpEvent stop = await source.Events.WhenAsync("STOP");
        TestContext.Out.WriteLine($"after the ack: stopped {Since(acknowledged, stop):F1} ms");
        await EndAsync(source);
    }

    [Test]
    public async Task Paused_guest_waits_for_nobody([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        await using EmulatorProcess source = await StartAsync(kind);
        await source.Misc.StopAsync(new());
        await MigrateWithoutEventsAsync(source);
        await EndAsync(source);
        Assert.That(_destination.RunState, Is.EqualTo("paused"));
    }

    [Test]
    public async Task Destination_that_waits_for_no_device_acknowledges_as_soon_as_it_can([Values] EmulatorKind kind)
    {
        Requirement.Check(EmulatorKind.Qemu);
        await using EmulatorProcess source = await StartAsync(EmulatorKind.Qemu);
        await using EmulatorProcess destination =
            await EmulatorProcess.StartAsync(kind, "dst", _folder, "-incoming", "defer");

        // The header and the command that opens the return path, not yet the PING that follows.
        await using var proxy = new StreamProxy(
            _folder.File("proxy"), _folder.File("real"), new StreamStop.AfterBytes(17 + 5));
        await source.SwitchOnAsync(Capabilities);
        await destination.SwitchOnAsync(Capabilities);
        await destination.Migration.MigrateIncomingAsync(new() { Uri = $"unix:{_folder.File("real")}" });
        await source.Migration.MigrateAsync(new() { Uri = $"unix:{_folder.File("proxy")}" });
        await proxy.Stopped.WaitAsync(EventLog.Patience);
        await proxy.WhenBackwardAsync(4).WaitAsync(EventLog.Patience);
        Assert.That(Convert.ToHexString(proxy.Backward), Is.EqualTo("00070000"));
        proxy.Release();
        await source.Events.WhenAsync(MigrationStatus.Completed);
        Assert.That(
            Convert.ToHexString(proxy.Backward), Is.EqualTo("00070000" + "0002000400000001" + "0001000400000000"));
    }

    // Asked for at once, and not begun before the ack.
    [Test]
    public async Task Guest_does_not_go_ahead_of_its_memory_before_the_ack_either([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        await using EmulatorProcess source = await StartAsync(kind);
        await source.SwitchOnAsync([.. Capabilities, MigrationCapability.PostcopyRam]);
        await source.Migration.MigrateSetParametersAsync(new() { MaxBandwidth = 8 << 20 });
        await source.Migration.MigrateAsync(new() { Uri = _destination.Uri });
        await source.Migration.MigrateStartPostcopyAsync(new());
        await _destination.Iterating.WaitAsync(EventLog.Patience);
        await Task.Delay(500); // without the ack to wait for it is a matter of milliseconds
        Assert.That((await source.QueryMigrateAsync()).Status, Is.EqualTo(MigrationStatus.Active));
        Assert.That(await source.QueryRunStateAsync(), Is.EqualTo(RunState.Running));
        _destination.Acknowledge();
        await source.Events.WhenAsync(MigrationStatus.PostcopyActive);
        Assert.That(await source.QueryRunStateAsync(), Is.EqualTo(RunState.FinishMigrate));
        _destination.Close();
        await source.Events.WhenAsync(MigrationStatus.PostcopyPaused);
    }

    private static double Since(DateTimeOffset start, QmpEvent value) => (value.Timestamp!.Value - start).TotalMilliseconds;

    private static async Task<ulong> WritesAsync(EmulatorProcess emulator) =>
        BinaryPrimitives.ReadUInt64LittleEndian(await emulator.ReadMemoryAsync(WorkloadOffset + WriteCounter, 8));

    private async Task CompareMemoryAsync(EmulatorProcess source)
    {
        byte[] memory = await source.ReadMemoryAsync();
        MemoryImage.Compare("what was sent", memory, _destination.Memory);
    }

    private Task<EmulatorProcess> StartAsync(EmulatorKind kind, params string[] words)
    {
        File.WriteAllBytes(_folder.File("image"), MemoryImage.Create(seed: 3));
        return EmulatorProcess.StartAsync(
            kind, "src", _folder, ["-device", $"loader,file={_folder.File("image")},addr=0,force-raw=on", .. words]);
    }

    // QEMU spins at the gate, with an event a turn: 100,000 a second.
    private async Task MigrateWithoutEventsAsync(EmulatorProcess source)
    {
        await source.Migration.MigrateSetCapabilitiesAsync(new()
        {
            Capabilities = [.. Capabilities.Select(c => new MigrationCapabilityStatus { Capability = c, State = true })],
        });
        await source.Migration.MigrateAsync(new() { Uri = _destination.Uri });
    }

    private async Task EndAsync(EmulatorProcess source)
    {
        await _destination.Loaded.WaitAsync(EventLog.Patience);
        _destination.Shut(0);
        Assert.That(await source.QuerySettledRunStateAsync(), Is.EqualTo(RunState.Postmigrate));
        Assert.That((await source.QueryMigrateAsync()).Status, Is.EqualTo(MigrationStatus.Completed));
        await CompareMemoryAsync(source);
    }
}
