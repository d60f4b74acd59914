using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>Several channels to and from QEMU 7.2, which syncs them at the end of each section.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class OlderMultifdTests
{
    [Test]
    public async Task Guest_moves_over_channels([Values] bool fromOlder, [Values(1, 3)] byte channels)
    {
        string older = Qemu.RequireOlder();
        using var folder = new TemporaryFolder();
        byte[] image = MemoryImage.Create(seed: 9);
        await File.WriteAllBytesAsync(folder.File("image"), image);
        string[] loads = ["-device", $"loader,file={folder.File("image")},addr=0,force-raw=on"];
        await using EmulatorProcess destination = await StartAsync("destination", !fromOlder, "-incoming", "defer");
        await using EmulatorProcess source = await StartAsync("source", fromOlder, loads);
        string uri = $"unix:{folder.File("stream")}";
        await destination.Migration.MigrateIncomingAsync(new() { Uri = uri });
        await source.Migration.MigrateAsync(new() { Uri = uri });
        await source.Events.WhenEndedAsync(0);
        Assert.That((await source.QueryMigrateAsync()).Status, Is.EqualTo(MigrationStatus.Completed), $"{source} {destination}");
        await destination.Events.WhenEndedAsync(0);
        Assert.That(await destination.QuerySettledRunStateAsync(), Is.EqualTo(RunState.Running), destination.ToString());
        await destination.RequireMemoryAsync(image);
        Assert.That(source.Complaints.Concat(destination.Complaints), Is.Empty);

        async Task<EmulatorProcess> StartAsync(string role, bool isOlder, params string[] words)
        {
            EmulatorProcess machine = isOlder
                ? await EmulatorProcess.StartAsync(EmulatorKind.Qemu, older, role, folder, words)
                : await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, role, folder, [.. Properties, .. words]);
            await machine.SwitchOnAsync([MigrationCapability.Multifd, MigrationCapability.ReturnPath]);
            ZeroPageDetection? detection = isOlder ? null : ZeroPageDetection.Legacy;
            await machine.Migration.MigrateSetParametersAsync(new() { MultifdChannels = channels, ZeroPageDetection = detection });
            return machine;
        }
    }

    // As machine types of that age have them.
    private static string[] Properties =>
        ["-global", "migration.multifd-flush-after-each-section=on", "-global", "migration.send-switchover-start=off"];
}
