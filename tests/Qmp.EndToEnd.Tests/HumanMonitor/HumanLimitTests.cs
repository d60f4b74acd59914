using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.HumanMonitor;

/// <summary>Limits of the dirty rate, and pairs of machines, where there are none: the same words with QEMU, on both monitors.</summary>
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu, Category = "Slow")]
[Parallelizable]
internal sealed class HumanLimitTests(EmulatorKind kind)
{
    private const string NoRing = "dirty page limit feature requires KVM with accelerator property 'dirty-ring-size' set'";
    private const string Hint = "[Please use 'info vcpu_dirty_limit' to query dirty limit for virtual CPU]\n";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        Requirement.Check(kind);
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void TearDown() => _folder?.Dispose();

    [Test]
    public async Task People_are_told_in_the_words_of_QEMU([Values("none", "pc")] string machine)
    {
        (string Line, string Output)[] lines =
        [
            ("set_vcpu_dirty_limit", "unexpected end of expression\nTry \"help set_vcpu_dirty_limit\" for more information\n"),
            ("set_vcpu_dirty_limit x", "invalid char 'x' in expression\nTry \"help set_vcpu_dirty_limit\" for more information\n"),
            ("set_vcpu_dirty_limit 5", $"Error: {NoRing}\n"),
            ("set_vcpu_dirty_limit 0 9", $"Error: {NoRing}\n"),
            ("set_vcpu_dirty_limit -5 3", "Error: invalid dirty page limit -5\n"),
            ("set_vcpu_dirty_limit 5 0 1",
                "set_vcpu_dirty_limit: extraneous characters at the end of line\nTry \"help set_vcpu_dirty_limit\" for more information\n"),
            ("cancel_vcpu_dirty_limit", Hint),
            ("cancel_vcpu_dirty_limit 9", Hint),
            ("cancel_vcpu_dirty_limit 0 1",
                "cancel_vcpu_dirty_limit: extraneous characters at the end of line\nTry \"help cancel_vcpu_dirty_limit\" for more information\n"),
            ("info vcpu_dirty_limit", "Dirty page limit not enabled!\n"),
            ("info vcpu_dirty_limit 3",
                "vcpu_dirty_limit: extraneous characters at the end of line\nTry \"help info vcpu_dirty_limit\" for more information\n"),
            ("x_colo_lost_heartbeat", "Error: VM is not in COLO mode\n"),
            ("x_colo_lost_heartbeat 1",
                "x_colo_lost_heartbeat: extraneous characters at the end of line\nTry \"help x_colo_lost_heartbeat\" for more information\n"),
            ("help set_vcpu_dirty_limit",
                "set_vcpu_dirty_limit dirty_rate [cpu_index] -- set dirty page rate limit, use cpu_index to set limit\n"
                + "\t\t\t\t\t on a specified virtual cpu\n"),
            ("help cancel_vcpu_dirty_limit",
                "cancel_vcpu_dirty_limit [cpu_index] -- cancel dirty page rate limit, use cpu_index to cancel\n"
                + "\t\t\t\t\t limit on a specified virtual cpu\n"),
            ("help x_colo_lost_heartbeat",
                "x_colo_lost_heartbeat  -- Tell COLO that heartbeat is lost,\n\t\t\ta failover or takeover is needed.\n"),
            ("help info vcpu_dirty_limit", "info vcpu_dirty_limit  -- show dirty page limit information of all vCPU\n"),
        ];
        await using EmulatorProcess emulator = await StartAsync(machine);
        foreach ((string line, string output) in lines)
        {
            JToken answer = await emulator.Monitor.ExecuteRawAsync("human-monitor-command", new JObject { ["command-line"] = line });
            Assert.That(((string?)answer)!.Replace("\r", "", StringComparison.Ordinal), Is.EqualTo(output), line);
        }
    }

    [Test]
    public async Task Programs_are_told_in_the_words_of_QEMU([Values("none", "pc")] string machine)
    {
        (string Command, string Arguments, string Refusal)[] refused =
        [
            ("set-vcpu-dirty-limit", "{}", "Parameter 'dirty-rate' is missing"),
            ("set-vcpu-dirty-limit", "{'dirty-rate': 5}", NoRing),
            ("set-vcpu-dirty-limit", "{'dirty-rate': -1}", NoRing),
            ("set-vcpu-dirty-limit", "{'dirty-rate': 5, 'cpu-index': 9}", NoRing),
            ("set-vcpu-dirty-limit", "{'dirty-rate': 5, 'cpu-index': 'x'}", "Invalid parameter type for 'cpu-index', expected: integer"),
            ("cancel-vcpu-dirty-limit", "{'x': 1}", "Parameter 'x' is unexpected"),
            ("x-colo-lost-heartbeat", "{}", "VM is not in COLO mode"),
        ];
        await using EmulatorProcess emulator = await StartAsync(machine);
        foreach ((string command, string arguments, string refusal) in refused)
        {
            Assert.That(await emulator.Monitor.RefusalAsync(command, JObject.Parse(arguments)), Is.EqualTo(refusal), $"{command} {arguments}");
        }

        foreach (string arguments in (string[])["{}", "{'cpu-index': 0}", "{'cpu-index': 9}", "{'cpu-index': -1}"])
        {
            JToken answer = await emulator.Monitor.ExecuteRawAsync("cancel-vcpu-dirty-limit", JObject.Parse(arguments));
            Assert.That(answer, Is.EqualTo(new JObject()), arguments);
        }

        Assert.That(await emulator.Monitor.ExecuteRawAsync("query-vcpu-dirty-limit"), Is.EqualTo(new JArray()));
    }

    private Task<EmulatorProcess> StartAsync(string machine) => EmulatorProcess.StartAsync(kind, "vm", _folder, "-M", machine, "-S");
}
