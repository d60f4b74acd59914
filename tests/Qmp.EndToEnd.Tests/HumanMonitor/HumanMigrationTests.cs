using System.Text.RegularExpressions;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.HumanMonitor;

/// <summary>What <c>info migrate</c> of QEMU 11.1 tells.</summary>
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu, Category = "Slow")]
[Parallelizable]
internal sealed partial class HumanMigrationTests(EmulatorKind kind)
{
    private const string Globals =
        "Globals:\n  store-global-state: on\n  only-migratable: off\n  send-configuration: on\n"
        + "  send-section-footer: on\n  send-switchover-start: on\n  clear-bitmap-shift: 18\n";

    private const string Completed =
        "Status: \t\tcompleted\nTime (ms): \t\ttotal=N, setup=N, down=N\nRAM info:\n  Throughput (Mbps): \tN\n"
        + "  Sizes: \t\tpagesize=4 KiB, total=64 MiB\n  Transfers: \t\ttransferred=145 KiB, remain=0 B\n"
        + "    Channels: \t\tprecopy=144 KiB, multifd=0 B, postcopy=0 B\n    Page Types: \tnormal=0, zero=16384\n"
        + "  Page Rates (pps): \ttransfer=N\n  Others: \t\tdirty_syncs=N\n";

    private const string Cache = "XBZRLE: size=67108864, transferred=0, pages=0, miss=0\n  miss_rate=0.00, encode_rate=0.00, overflow=0\n";

    [Test]
    public async Task Lines_are_those_of_QEMU()
    {
        using var folder = new TemporaryFolder();
        await using EmulatorProcess machine = await StartAsync(folder);
        Assert.That(await SayAsync(machine, "info migrate"), Is.Empty);
        Assert.That(await SayAsync(machine, "info migrate -a"), Is.EqualTo(Globals));
        Assert.That(await SayAsync(machine, "help info migrate"), Does.Contain("info migrate [-a] -- show migration status (-a: all, dump all status)\n"));
        Assert.That(await SayAsync(machine, "info migrate -x"), Does.StartWith("migrate: unsupported option -x\n"));
        await machine.SwitchOnAsync([MigrationCapability.Xbzrle]);
        await machine.Migration.MigrateAsync(new() { Uri = "exec:cat >/dev/null" });
        await machine.Events.WhenEndedAsync(0);
        Assert.That(Masked(await SayAsync(machine, "info migrate")), Is.EqualTo(Completed));
        Assert.That(Masked(await SayAsync(machine, "info migrate -a")), Is.EqualTo(Completed + Globals + Cache));
    }

    [Test]
    public async Task A_destination_tells_where_it_listens()
    {
        using var folder = new TemporaryFolder();
        await using EmulatorProcess machine = await StartAsync(folder, "-incoming", $"unix:{folder.File("mig")}");
        string expected = $"Status: \t\tsetup\nSockets: [\n\tunix:{folder.File("mig")}\n]\n";
        Assert.That(await SayAsync(machine, "info migrate"), Is.EqualTo(expected));
        Assert.That(await SayAsync(machine, "info migrate -a"), Is.EqualTo(expected + Globals));
    }

    [Test]
    public async Task A_failure_is_told_with_its_reason()
    {
        using var folder = new TemporaryFolder();
        await using EmulatorProcess machine = await StartAsync(folder);
        await machine.SwitchOnAsync();
        await machine.Migration.MigrateAsync(new() { Uri = $"unix:{folder.File("nobody")}" });
        await machine.Events.WhenEndedAsync(0);
        string text = await SayAsync(machine, "info migrate");
        Assert.That(text.Split('\n')[0], Is.EqualTo(
            $"Status: \t\tfailed (Failed to connect to '{folder.File("nobody")}': No such file or directory)"), text);
    }

    private async Task<EmulatorProcess> StartAsync(TemporaryFolder folder, params string[] words)
    {
        if (kind == EmulatorKind.Qmpd)
        {
            return await EmulatorProcess.StartAsync(kind, "vm", folder, ["-x-qemu-version", "11.1", .. words]);
        }

        if (EmulatorPrograms.NewQemu is null) Assert.Ignore(EmulatorPrograms.NewQemuProblem);
        return await EmulatorProcess.StartAsync(kind, EmulatorPrograms.NewQemu!, "vm", folder, words);
    }

    private static async Task<string> SayAsync(EmulatorProcess machine, string line) =>
        (await machine.Misc.HumanMonitorCommandAsync(new() { CommandLine = line })).Replace("\r", "", StringComparison.Ordinal);

    private static string Masked(string text) => NumberPattern().Replace(text, "N");

    [GeneratedRegex(@"(?<=(total|setup|down|transfer|dirty_syncs)=|Mbps\): \t)[\d.]+(?=[,\n])")]
    private static partial Regex NumberPattern();
}
