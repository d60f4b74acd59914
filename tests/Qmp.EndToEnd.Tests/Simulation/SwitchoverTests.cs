using System.Buffers.Binary;
using Qmp.Api;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Simulation;

/// <summary>Two processes, and a device with initial data that the destination works on for 800 ms.</summary>
[Category("Slow")]
[TestFixture, Parallelizable]
internal sealed class SwitchoverTests
{
    private const int WriteCounter = 16; // in the first page of the guest's working set

    private static readonly string[] Devices =
    [
        "x-vfio,id=v0,initial-bytes=64M,load-time-ms=800",
        "x-workload,rate=8M,working-set=1M",
    ];

    [Test]
    public async Task Without_the_ack_the_load_is_downtime()
    {
        await using Machines machines = await Machines.StartAsync(Devices);
        await machines.BeginAsync(MigrationCapability.ReturnPath);
        Assert.That(await DowntimeAsync(machines), Is.GreaterThanOrEqualTo(700));
    }

    [Test]
    public async Task With_the_ack_the_guest_runs_while_the_device_loads()
    {
        await using Machines machines = await Machines.StartAsync(Devices);
        await machines.BeginAsync(MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck);
        var source = new XSimClient(machines.Source.Monitor);
        SwitchoverInfo info;
        do info = await source.XQuerySwitchoverAsync(new());
        while (info.Waiting is null && !info.Acknowledged);
        ulong first = await WritesAsync(machines.Source);
        ulong second = first;
        while (second == first) second = await WritesAsync(machines.Source);
        Assert.That(second, Is.GreaterThan(first));
        long downtime = await DowntimeAsync(machines);
        TestContext.Out.WriteLine($"downtime {downtime} ms");

        // Less than half of what it is without, however busy the machine is.
        Assert.That(downtime, Is.LessThan(350));
        Assert.That(await WritesAsync(machines.Destination), Is.GreaterThanOrEqualTo(second));
    }

    [Test]
    public async Task A_device_that_never_approves_is_named_at_both_ends()
    {
        await using Machines machines = await Machines.StartAsync(
            "x-vfio,id=a,initial-bytes=1M", "x-vfio,id=b,initial-bytes=1M,ack=never", "x-workload,rate=1M,working-set=1M");
        await machines.BeginAsync(MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck);
        SwitchoverInfo destination;
        do destination = await new XSimClient(machines.Destination.Monitor).XQuerySwitchoverAsync(new());
        while (destination.Devices is not [_, { Step: SwitchoverStep.Waiting }]);
        SwitchoverInfo source;
        do source = await new XSimClient(machines.Source.Monitor).XQuerySwitchoverAsync(new());
        while (source.Waiting is null);
        Assert.That(source.Devices.Select(d => $"{d.Id} {d.Step}"), Does.Contain("b Waiting"));
        Assert.That(await machines.Source.QueryRunStateAsync(), Is.EqualTo(RunState.Running));
        await machines.Source.Migration.MigrateCancelAsync(new());
        await machines.Source.Events.WhenAsync(MigrationStatus.Cancelled);
        Assert.That(await machines.Source.QueryRunStateAsync(), Is.EqualTo(RunState.Running));

        // As QEMU's: a destination whose migration has failed ends.
        Assert.That(await machines.Destination.Exit, Is.EqualTo(1));
    }

    private static async Task<long> DowntimeAsync(Machines machines)
    {
        await machines.Source.Events.WhenAsync(MigrationStatus.Completed);
        return (await machines.Source.QueryMigrateAsync()).Downtime!.Value;
    }

    private static async Task<ulong> WritesAsync(EmulatorProcess machine) =>
        BinaryPrimitives.ReadUInt64LittleEndian(await machine.ReadMemoryAsync(WriteCounter, sizeof(ulong)));
}
