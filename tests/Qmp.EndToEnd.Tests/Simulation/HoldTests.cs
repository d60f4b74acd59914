using Qmp.Api;
using Qmp.Client;
using Qmp.EndToEnd.Tests.Python;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Simulation;

/// <summary>Two processes, a migration that is held at each point in turn, and a client that looks on.</summary>
[TestFixture, Parallelizable]
internal sealed class HoldTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly FaultPoint[] OfSource =
    [
        .. Enum.GetValues<FaultPoint>().Where(p => p < FaultPoint.RamLoad && p is not (FaultPoint.Unrecognized or FaultPoint.Listen or FaultPoint.ListenDone) && !IsOfFurtherChannels(p)),
        FaultPoint.ReturnPathReceive, FaultPoint.ReturnPathReceiveDone, FaultPoint.Shut, FaultPoint.ShutDone,
        FaultPoint.Completion, FaultPoint.CompletionDone,
    ];

    private static readonly FaultPoint[] OfDestination =
    [
        FaultPoint.Listen, FaultPoint.ListenDone, FaultPoint.Header, FaultPoint.HeaderDone, FaultPoint.Gate,
        FaultPoint.GateDone, FaultPoint.RamLoad, FaultPoint.RamLoadDone, FaultPoint.DeviceLoad,
        FaultPoint.DeviceLoadDone, FaultPoint.Start, FaultPoint.StartDone, FaultPoint.ReturnPathSend,
        FaultPoint.ReturnPathSendDone, FaultPoint.Shut, FaultPoint.ShutDone, FaultPoint.Completion,
        FaultPoint.CompletionDone,
    ];

    private static bool IsOfFurtherChannels(FaultPoint point) => point.ToWireName().Split('-')[0] is "multifd" or "preempt" or "page" or "recover";

    [Test]
    public async Task A_client_leads_a_migration_from_point_to_point()
    {
        await using Machines machines = await Machines.StartAsync();
        (EmulatorProcess Machine, FaultPoint[] Points)[] ends =
            [(machines.Source, OfSource), (machines.Destination, OfDestination)];
        foreach ((EmulatorProcess machine, FaultPoint[] points) in ends)
        {
            foreach (FaultPoint point in points)
            {
                await Simulation(machine).XFaultSetAsync(new() { Point = point, Action = FaultAction.Hold });
            }
        }

        await machines.BeginAsync(
            MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck, MigrationCapability.PauseBeforeSwitchover);
        using var limit = new CancellationTokenSource(Patience);
        while (!await HaveCompletedAsync(machines))
        {
            limit.Token.ThrowIfCancellationRequested();
            if ((await machines.Source.QueryMigrateAsync()).Status == MigrationStatus.PreSwitchover) await ContinueAsync(machines);
            foreach ((EmulatorProcess machine, _) in ends)
            {
                if (await IsHeldAsync(machine)) await Simulation(machine).XFaultReleaseAsync(new());
            }
        }

        foreach ((EmulatorProcess machine, FaultPoint[] points) in ends)
        {
            IReadOnlyList<FaultInfo> faults = await Simulation(machine).XQueryFaultsAsync(new());
            Assert.That(faults.Where(f => f.Hits == 1).Select(f => f.Point), Is.EquivalentTo(points));
            Assert.That((await machine.ReadMemoryAsync()).AsSpan().ContainsAnyExcept((byte)0), Is.False);
        }
    }

    [Test]
    public async Task Pythons_client_holds_and_releases()
    {
        await PythonPackage.CheckAsync();
        await using Machines machines = await Machines.StartAsync();

        // Their monitors have room for one client.
        await machines.Source.Monitor.DisposeAsync();
        await machines.Destination.Monitor.DisposeAsync();
        string[] held = await PythonPackage.RunAsync(
            Path.GetTempPath(),
            [
                Path.Combine(AppContext.BaseDirectory, "Simulation", "hold.py"),
                machines.Source.Socket, machines.Destination.Socket, machines.Uri,
                string.Join(',', OfSource.Select(p => p.ToWireName())),
                string.Join(',', OfDestination.Select(p => p.ToWireName())),
            ]);
        Assert.That(held, Has.Length.EqualTo(OfSource.Length + OfDestination.Length), string.Join('\n', held));
    }

    private static XSimClient Simulation(EmulatorProcess machine) => new(machine.Monitor);

    private static async Task<bool> IsHeldAsync(EmulatorProcess machine) =>
        (await Simulation(machine).XQueryFaultsAsync(new())).Any(f => f.Held);

    // What is held after the end of one side is the other's.
    private static async Task<bool> HaveCompletedAsync(Machines machines) =>
        (await machines.Source.QueryMigrateAsync()).Status == MigrationStatus.Completed
        && (await machines.Destination.QueryMigrateAsync()).Status == MigrationStatus.Completed
        && !await IsHeldAsync(machines.Source) && !await IsHeldAsync(machines.Destination)
        && (await Simulation(machines.Destination).XQueryFaultsAsync(new())).All(f => f.Hits > 0);

    private static async Task ContinueAsync(Machines machines)
    {
        try
        {
            await machines.Source.Migration.MigrateContinueAsync(new() { State = MigrationStatus.PreSwitchover });
        }
        catch (QmpCommandException)
        {
            // It has gone on since it was asked.
        }
    }
}
