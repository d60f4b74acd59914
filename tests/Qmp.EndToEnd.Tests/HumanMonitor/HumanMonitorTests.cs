using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.CommandLine;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.HumanMonitor;

/// <summary>Lines of the human monitor, in order on one machine, and what QEMU 10.0.2 printed.</summary>
[TestFixture]
internal sealed class HumanMonitorTests
{
    private const string Uuid = "11111111-2222-3333-4444-555555555555";

    private static readonly string[] Words = ["-name", "vm,process=x", "-uuid", Uuid];

    private static (string Line, string Output)[] Recorded() =>
    [
        .. JArray.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recordings", "human.json")))
            .Select(entry => ((string)entry["line"]!, (string)entry["output"]!)),
    ];

    [Test]
    public async Task Emulator_prints_what_QEMU_printed()
    {
        await using InProcess emulator = await InProcess.StartAsync([.. Words, "-m", "64M"]);
        await emulator.ResultAsync("cont");
        await CheckAsync(line => emulator.ResultAsync(
            "human-monitor-command", new JObject { ["command-line"] = line }.ToString()));
    }

    [Test]
    public async Task QEMU_prints_it_still()
    {
        Requirement.Check(EmulatorKind.Qemu);
        using var folder = new TemporaryFolder();
        await using EmulatorProcess qemu = await EmulatorProcess.StartAsync(EmulatorKind.Qemu, "qemu", folder, Words);
        await CheckAsync(async line => await qemu.Monitor.ExecuteRawAsync(
            "human-monitor-command", new JObject { ["command-line"] = line }));
    }

    [TestCase("pc", 1, true)]
    [TestCase("q35", 1, true)]
    [TestCase("pc", 2, false)]
    [TestCase("none", 0, false)]
    public async Task A_cpu_index_names_a_cpu_of_the_machine(string machine, int index, bool isThere)
    {
        await using InProcess emulator = await InProcess.StartAsync(
            ["-M", machine, "-m", "16M", .. (machine == "none" ? (string[])[] : ["-smp", "2"])]);
        string arguments = new JObject { ["command-line"] = "info status", ["cpu-index"] = index }.ToString();
        if (isThere)
        {
            Assert.That((string?)await emulator.ResultAsync("human-monitor-command", arguments), Is.EqualTo("VM status: paused (prelaunch)\r\n"));
        }
        else
        {
            Assert.That(
                await emulator.RefusalAsync("human-monitor-command", arguments),
                Is.EqualTo("Parameter 'cpu-index' expects a CPU number"));
        }
    }

    // A QEMU without replication says it when the capability is switched on, which the one that was recorded takes.
    [Test]
    public async Task A_refusal_comes_with_its_hint()
    {
        await using InProcess emulator = await InProcess.StartAsync("-M", "none", "-m", "4M");
        Assert.That(await SayAsync("migrate_set_capability x-colo on"), Is.Empty);
        Assert.That(
            await SayAsync("migrate -d unix:/nonexistent"),
            Is.EqualTo("Error: QEMU compiled without replication module can't enable COLO\r\nPlease enable replication before COLO.\r\n"));
        Assert.That(
            await emulator.RefusalAsync("migrate", "{'uri': 'unix:/nonexistent'}"), Is.EqualTo("QEMU compiled without replication module can't enable COLO"));

        async Task<string?> SayAsync(string line) =>
            (string?)await emulator.ResultAsync("human-monitor-command", new JObject { ["command-line"] = line }.ToString());
    }

    private static async Task CheckAsync(Func<string, Task<JToken>> runAsync)
    {
        (string Line, string Output)[] recorded = Recorded();
        Assert.That(recorded, Is.Not.Empty);
        foreach ((string line, string output) in recorded)
        {
            Assert.That((string?)await runAsync(line), Is.EqualTo(output), line);
        }
    }
}
