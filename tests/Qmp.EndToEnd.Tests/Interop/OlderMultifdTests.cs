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
        await using OlderPair pair = await OlderPair.StartAsync(fromOlder, seed: 9, Properties, PrepareAsync);
        await pair.MigrateAsync();
        await pair.CheckMovedAsync();

        async Task PrepareAsync(EmulatorProcess machine, bool isOlder)
        {
            await machine.SwitchOnAsync([MigrationCapability.Multifd, MigrationCapability.ReturnPath]);
            ZeroPageDetection? detection = isOlder ? null : ZeroPageDetection.Legacy;
            await machine.Migration.MigrateSetParametersAsync(new() { MultifdChannels = channels, ZeroPageDetection = detection });
        }
    }

    // As machine types of that age have them.
    private static string[] Properties =>
        ["-global", "migration.multifd-flush-after-each-section=on", "-global", "migration.send-switchover-start=off"];
}
