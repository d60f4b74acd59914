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
        await using OlderPair pair = await OlderPair.StartAsync(fromOlder, seed: 10, Properties, PrepareAsync);
        await pair.MigrateAsync();
        await pair.Source.Events.WhenAsync(MigrationStatus.Active);
        await pair.Source.Migration.MigrateStartPostcopyAsync(new());
        await pair.Destination.Events.WhenAsync("RESUME");
        await pair.Destination.RequireMemoryAsync(pair.Image); // asks for pages
        MigrationInfo info = await pair.CheckMovedAsync();
        Assert.That(info.Ram!.PostcopyRequests, Is.Positive);

        async Task PrepareAsync(EmulatorProcess machine, bool isOlder)
        {
            await machine.SwitchOnAsync(MigrationCapability.PostcopyRam, MigrationCapability.PostcopyPreempt);
            await machine.Migration.MigrateSetParametersAsync(new() { MaxBandwidth = 8 << 20, MaxPostcopyBandwidth = 16 << 20 });
        }
    }

    // As machine types of that age have them.
    private static string[] Properties =>
        ["-global", "migration.x-preempt-pre-7-2=on", "-global", "migration.send-switchover-start=off"];
}
