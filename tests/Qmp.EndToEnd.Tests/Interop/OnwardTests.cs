using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>A destination is a source in its turn: a guest moves on, and back.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class OnwardTests
{
    private static IEnumerable<TestCaseData> Cases() =>
        from way in (EmulatorKind[][])
        [
            [EmulatorKind.Qemu, EmulatorKind.Qmpd, EmulatorKind.Qmpd, EmulatorKind.Qemu],
            [EmulatorKind.Qmpd, EmulatorKind.Qemu, EmulatorKind.Qmpd],
            [EmulatorKind.Qmpd, EmulatorKind.Qmpd, EmulatorKind.Qmpd],
        ]
        from move in ((RunState, MigrationCapability[])[])
        [
            (RunState.Running, []),
            (RunState.Running, [MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck]),
            (RunState.Running, [MigrationCapability.Multifd]),
            (RunState.Running, [MigrationCapability.PostcopyRam]),
            (RunState.Paused, [MigrationCapability.ReturnPath]),
        ]
        let state = move.Item1
        let capabilities = move.Item2
        select new TestCaseData(way, state, capabilities)
            .SetName($"{string.Join(" to ", way)}, {state}, {string.Join(" and ", capabilities)}".ToLowerInvariant());

    [TestCaseSource(nameof(Cases))]
    public async Task Guest_moves_on(EmulatorKind[] way, RunState state, MigrationCapability[] capabilities)
    {
        Requirement.Check(way);
        using var folder = new TemporaryFolder();
        byte[] image = MemoryImage.Create(seed: 6);
        await File.WriteAllBytesAsync(folder.File("image"), image);
        var machines = new List<EmulatorProcess>();
        try
        {
            machines.Add(await EmulatorProcess.StartAsync(
                way[0], "machine0", folder, "-device", $"loader,file={folder.File("image")},addr=0,force-raw=on"));
            if (state == RunState.Paused) await machines[0].Misc.StopAsync(new());
            foreach (EmulatorKind kind in way.Skip(1))
            {
                EmulatorProcess source = machines[^1];
                EmulatorProcess destination = await EmulatorProcess.StartAsync(
                    kind, $"machine{machines.Count}", folder, "-incoming", "defer");
                machines.Add(destination);
                await MoveAsync(source, destination, folder, capabilities);
                Assert.That(await source.QuerySettledRunStateAsync(), Is.EqualTo(RunState.Postmigrate), source.ToString());
                Assert.That(await destination.QueryRunStateAsync(), Is.EqualTo(state), destination.ToString());
                await source.RequireMemoryAsync(image);
                await destination.RequireMemoryAsync(image);
            }

            Assert.That(machines.SelectMany(m => m.Complaints), Is.Empty);
        }
        finally
        {
            foreach (EmulatorProcess machine in machines) await machine.DisposeAsync();
        }
    }

    [TestCase(EmulatorKind.Qmpd)]
    [TestCase(EmulatorKind.Qemu)]
    public async Task What_had_to_be_set_before_its_arrival_can_be_set_for_its_departure(EmulatorKind kind)
    {
        Requirement.Check(kind);
        using var folder = new TemporaryFolder();
        await using EmulatorProcess source = await EmulatorProcess.StartAsync(kind, "source", folder);
        await using EmulatorProcess destination = await EmulatorProcess.StartAsync(kind, "destination", folder, "-incoming", "defer");
        await MoveAsync(source, destination, folder, []);
        await destination.SwitchOnAsync([MigrationCapability.Multifd]);
    }

    private static async Task MoveAsync(
        EmulatorProcess source, EmulatorProcess destination, TemporaryFolder folder, MigrationCapability[] capabilities)
    {
        string uri = $"unix:{folder.File(destination.Role)}.stream";
        await destination.SwitchOnAsync(capabilities);
        await destination.Migration.MigrateIncomingAsync(new() { Uri = uri });

        // It may have been a destination: then it has seen one migration complete already.
        int before = source.Events.Seen.Count;
        await source.SwitchOnAsync(capabilities);
        await source.Migration.MigrateAsync(new() { Uri = uri });
        Assert.That(await EndAsync(source, before), Is.EqualTo("MIGRATION completed"), source.ToString());
        Assert.That(await EndAsync(destination, 0), Is.EqualTo("MIGRATION completed"), destination.ToString());
        Assert.That(
            (await source.QueryMigrateAsync()).Status, Is.EqualTo(MigrationStatus.Completed), source.ToString());
    }

    private static async Task<string> EndAsync(EmulatorProcess machine, int from)
    {
        await machine.Events.WhenEndedAsync(from);
        return machine.Events.Texts.Skip(from).Last(EventLog.IsEnd);
    }
}
