using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>
/// Postcopy with a channel for requested pages to and from QEMU 7.2, which connects it at the beginning and ends it with a mark.
/// </summary>
[Category("Slow")]
[TestFixture]
internal sealed class OlderPreemptTests
{
    [Test]
    public async Task Requested_pages_come_over_the_old_channel([Values] bool fromOlder)
    {
        string older = Qemu.RequireOlder();
        using var folder = new TemporaryFolder();
        byte[] image = MemoryImage.Create(seed: 10);
        await File.WriteAllBytesAsync(folder.File("image"), image);
        string[] loads = ["-device", $"loader,file={folder.File("image")},addr=0,force-raw=on"];
        await using EmulatorProcess destination = await StartAsync("destination", !fromOlder, "-incoming", "defer");
        await using EmulatorProcess source = await StartAsync("source", fromOlder, loads);
        string uri = $"unix:{folder.File("stream")}";
        await destination.Migration.MigrateIncomingAsync(new() { Uri = uri });
        await source.Migration.MigrateAsync(new() { Uri = uri });
        await source.Events.WhenAsync(MigrationStatus.Active);
        await source.Migration.MigrateStartPostcopyAsync(new());
        await destination.Events.WhenAsync("RESUME");
        await destination.RequireMemoryAsync(image); // asks for pages
        await source.Events.WhenEndedAsync();
        MigrationInfo info = await source.QueryMigrateAsync();
        Assert.That(info.Status, Is.EqualTo(MigrationStatus.Completed), $"{source} {destination}: {info.ErrorDesc}");
        await destination.Events.WhenEndedAsync();
        Assert.That(await destination.QuerySettledRunStateAsync(), Is.EqualTo(RunState.Running));
        Assert.That(info.Ram!.PostcopyRequests, Is.Positive);
        await destination.RequireMemoryAsync(image);
        Assert.That(source.Complaints.Concat(destination.Complaints), Is.Empty);

        async Task<EmulatorProcess> StartAsync(string role, bool isOlder, params string[] words)
        {
            EmulatorProcess machine = isOlder
                ? await EmulatorProcess.StartAsync(EmulatorKind.Qemu, older, role, folder, words)
                : await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, role, folder, [.. Properties, .. words]);
            await machine.SwitchOnAsync(MigrationCapability.PostcopyRam, MigrationCapability.PostcopyPreempt);
            await machine.Migration.MigrateSetParametersAsync(new() { MaxBandwidth = 8 << 20, MaxPostcopyBandwidth = 16 << 20 });
            return machine;
        }
    }

    // As machine types of that age have them.
    private static string[] Properties =>
        ["-global", "migration.x-preempt-pre-7-2=on", "-global", "migration.send-switchover-start=off"];
}
