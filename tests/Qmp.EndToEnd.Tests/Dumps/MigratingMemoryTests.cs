using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Dumps;

/// <summary>What of guest memory can be read while it comes or goes: QEMU and qmpd in the same words.</summary>
[TestFixture(AckCounting.Ten, EmulatorKind.Qmpd)]
[TestFixture(AckCounting.Eleven, EmulatorKind.Qmpd)]
[TestFixture(AckCounting.Ten, EmulatorKind.Qemu, Category = "Slow")]
[TestFixture(AckCounting.Eleven, EmulatorKind.Qemu, Category = "Slow")]
[Parallelizable]
internal sealed class MigratingMemoryTests(AckCounting release, EmulatorKind kind)
{
    private const string NoAccess = "Guest memory access not allowed during migration";

    private readonly Party _party = new(release, kind);
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _party.Require();
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void TearDown() => _folder?.Dispose();

    [Test]
    public async Task A_destination_keeps_it_to_itself_in_the_newer_release()
    {
        bool isNew = release == AckCounting.Eleven;
        await using EmulatorProcess destination = await _party.StartAsync("dst", _folder, "-incoming", "defer");
        if (isNew)
        {
            Assert.That(await RefusalAsync(destination, "pmemsave", Range), Is.EqualTo(NoAccess));
        }
        else
        {
            await destination.Monitor.ExecuteRawAsync("pmemsave", Range);
        }

        Assert.That(
            await RefusalAsync(destination, "memsave", Range),
            Is.EqualTo(isNew ? NoAccess : "Parameter 'cpu-index' expects a CPU number"));
        Assert.That(
            await RefusalAsync(destination, "dump-guest-memory", Dump),
            Is.EqualTo(isNew ? "Dump not allowed during migration." : "Dump not allowed during incoming migration."));
    }

    [Test]
    public async Task A_source_that_sends_it_is_not_dumped([Values] bool onlyMigratable)
    {
        string[] words = onlyMigratable ? ["-only-migratable"] : [];
        await using EmulatorProcess source = await _party.StartAsync("src", _folder, words);
        await source.Monitor.ExecuteRawAsync("dump-guest-memory", Dump);
        await source.SwitchOnAsync([MigrationCapability.PauseBeforeSwitchover]);
        await source.Migration.MigrateAsync(new() { Uri = $"file:{_folder.File("stream")}" });
        await source.Events.WhenAsync(MigrationStatus.PreSwitchover);
        Assert.That(
            await RefusalAsync(source, "dump-guest-memory", Dump),
            Is.EqualTo(
                "disallowing migration blocker (migration/snapshot in progress) for: Live migration disabled: dump-guest-memory in progress"));
        await source.Monitor.ExecuteRawAsync("pmemsave", Range);
    }

    private JObject Range => new() { ["val"] = 0, ["size"] = 4096, ["filename"] = _folder.File("memory") };

    private JObject Dump => new() { ["paging"] = false, ["protocol"] = $"file:{_folder.File("core")}" };

    private static Task<string> RefusalAsync(EmulatorProcess emulator, string command, JObject arguments) =>
        emulator.Monitor.RefusalAsync(command, arguments);
}
