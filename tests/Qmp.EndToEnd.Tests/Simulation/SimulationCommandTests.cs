using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.CommandLine;

namespace Qmp.EndToEnd.Tests.Simulation;

/// <summary>The commands of <c>-x-sim on</c>, as clients see them.</summary>
[TestFixture]
internal sealed class SimulationCommandTests
{
    private static readonly string[] On = ["-x-sim", "on", "-m", "4M"];

    private static readonly string[] Commands =
    [
        "x-approve-switchover", "x-fault-release", "x-fault-set", "x-query-faults", "x-query-switchover", "x-query-workload", "x-reinit-switchover", "x-workload-set",
    ];

    // QEMU has commands whose names begin like ours.
    private static readonly string[] OfQemu =
    [
        "x-colo-lost-heartbeat", "x-debug-query-block-graph", "x-exit-preconfig", "x-query-interrupt-controllers", "x-query-irq", "x-query-jit", "x-query-numa",
        "x-query-opcount", "x-query-ramblock", "x-query-roms", "x-query-usb",
    ];

    [Test]
    public async Task Without_the_switch_there_are_no_such_commands()
    {
        await using InProcess emulator = await InProcess.StartAsync();
        Assert.That(
            await emulator.RefusalAsync("x-query-faults", "{}"),
            Is.EqualTo("The command x-query-faults has not been found"));
        Assert.That((await NamesAsync(emulator)).Except(OfQemu), Has.None.StartsWith("x-"));
        Assert.That(
            (await emulator.ResultAsync("query-qmp-schema")).Select(s => (string?)s["name"]).Except(OfQemu),
            Has.None.StartsWith("x-").And.No.Member("X_FAULT"));
    }

    [Test]
    public async Task With_the_switch_they_are_listed()
    {
        await using InProcess emulator = await InProcess.StartAsync(On);
        Assert.That((await NamesAsync(emulator)).Where(n => n!.StartsWith("x-", StringComparison.Ordinal)).Except(OfQemu),
            Is.EquivalentTo(Commands));
        Assert.That(
            (await emulator.ResultAsync("query-qmp-schema")).Select(s => (string?)s["name"]),
            Is.SupersetOf(Commands).And.Member("X_FAULT"));
    }

    [TestCase("x-fault-set", "{ 'point': 'nowhere', 'action': 'fail' }", "Parameter 'point' does not accept value 'nowhere'")]
    [TestCase("x-fault-set", "{ 'point': 'setup', 'action': 'fail', 'count': -1 }", "Parameter 'count' expects uint32_t")]
    [TestCase("x-fault-release", "{}", "Nothing is held")]
    [TestCase("x-fault-release", "{ 'point': 'ram-load' }", "Nothing is held at 'ram-load'")]
    [TestCase("x-approve-switchover", "{ 'id': 'v0' }", "Device 'v0' not found")]
    [TestCase("x-workload-set", "{ 'rate': 1 }", "There is no guest of -device x-workload")]
    [TestCase("x-workload-set", "{ 'id': 'w' }", "Device 'w' not found")]
    public async Task What_makes_no_sense_is_refused(string command, string arguments, string message)
    {
        await using InProcess emulator = await InProcess.StartAsync(On);
        Assert.That(await emulator.RefusalAsync(command, arguments), Is.EqualTo(message));
    }

    [Test]
    public async Task A_guest_needs_memory_to_work_on()
    {
        await using InProcess emulator = await InProcess.StartAsync([.. On, "-device", "x-workload,id=w,working-set=1M"]);
        foreach (string size in new[] { "1", "4194305" })
        {
            Assert.That(
                await emulator.RefusalAsync("x-workload-set", $"{{ 'working-set': {size} }}"),
                Is.EqualTo("Parameter 'working-set' expects two pages or more, all in memory"));
        }

        await emulator.ResultAsync("x-workload-set", "{ 'id': 'w', 'rate': 1048576, 'working-set': 4194304 }");
    }

    [Test]
    public async Task Faults_are_listed_as_they_were_planned()
    {
        await using InProcess emulator = await InProcess.StartAsync(On);
        await emulator.ResultAsync("x-fault-set", "{ 'point': 'setup', 'action': 'delay', 'delay-ms': 7, 'count': 3 }");
        await emulator.ResultAsync("x-fault-set", "{ 'point': 'connect', 'action': 'fail', 'after-ms': 9 }");
        JToken faults = await emulator.ResultAsync("x-query-faults");
        var expected = JToken.Parse("""
            [ { "point": "connect", "action": "fail", "after-ms": 9, "count": 1, "hits": 0, "held": false },
              { "point": "setup", "action": "delay", "delay-ms": 7, "count": 3, "hits": 0, "held": false } ]
            """);
        Assert.That(JToken.DeepEquals(faults, expected), $"{faults}");
    }

    [Test]
    public async Task Before_a_migration_a_machine_is_neither_end()
    {
        await using InProcess emulator = await InProcess.StartAsync([.. On, "-device", "x-vfio,id=v0"]);
        JToken info = await emulator.ResultAsync("x-query-switchover");
        var expected = JToken.Parse("""
            { "role": "none", "required": false, "acknowledged": false, "approvals": 0, "outstanding": 0, "devices": [] }
            """);
        Assert.That(JToken.DeepEquals(info, expected), $"{info}");
    }

    [Test]
    public async Task A_guest_that_has_not_run_has_done_nothing()
    {
        await using InProcess emulator = await InProcess.StartAsync([.. On, "-S", "-device", "x-workload,id=a,rate=1M,working-set=1M", "-device", "x-workload,id=b,addr=1M,reads=off"]);
        JToken info = await emulator.ResultAsync("x-query-workload");
        var expected = JToken.Parse("""
            [ { "id": "a", "writes": 0, "reads": 0, "faults": 0, "waited-us": 0, "longest-us": 0, "damaged": 0 },
              { "id": "b", "writes": 0, "reads": 0, "faults": 0, "waited-us": 0, "longest-us": 0, "damaged": 0 } ]
            """);
        Assert.That(JToken.DeepEquals(info, expected), $"{info}");
    }

    private static async Task<IEnumerable<string?>> NamesAsync(InProcess emulator) =>
        (await emulator.ResultAsync("query-commands")).Select(c => (string?)c["name"]);
}
