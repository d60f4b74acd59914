using System.Diagnostics;
using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.CommandLine;
using Qmp.Interop.Emulators;
using Qmp.Simulation.Text;
using Qmp.Simulation;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.EndToEnd.Tests.Simulation;

/// <summary>Whole migrations as files describe them.</summary>
[TestFixture, Parallelizable]
internal sealed class ScenarioTests
{
    private const int Runs = 1000;

    private static string Folder => Path.Combine(Repository.Root, "tools", "demo", "scenarios");

    private static IEnumerable<string> Shipped() =>
        Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order();

    [TestCaseSource(nameof(Shipped))]
    public void A_shipped_scenario_ends_as_it_says(string name)
    {
        ScenarioResult result = Run(Read(name), out string text);
        Assert.That(result.IsAsExpected, text);
        Assert.That(result.Damage, Is.Null);
    }

    [TestCaseSource(nameof(Shipped))]
    public async Task The_program_prints_the_same(string name)
    {
        Run(Read(name), out string text);
        var start = new ProcessStartInfo(
            EmulatorPrograms.PathOf(EmulatorKind.Qmpd), ["-x-scenario", Path.Combine(Folder, name + ".json")])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        string printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That((printed, process.ExitCode), Is.EqualTo((text, 0)));
    }

    [TestCaseSource(nameof(Shipped))]
    public void A_few_runs_print_the_same(string name) => CheckRuns(name, 3);

    [Category("Slow")]
    [TestCaseSource(nameof(Shipped))]
    public void A_thousand_runs_print_the_same(string name) => CheckRuns(name, Runs);

    private static void CheckRuns(string name, int runs)
    {
        MigrationScenario scenario = Read(name);
        ScenarioResult result = Run(scenario, out string first);
        Assert.That(first, Does.Contain("\"timestamp\"").And.Contain("\"query-migrate\"").And.EndsWith("\"}\n"));
        // On the test's own thread: a parallel loop takes all threads of the pool, and the tests beside this one wait for minutes.
        for (int run = 1; run < runs; run++)
        {
            ScenarioResult again = Run(scenario, out string text);
            if (text == first && again.Samples.SequenceEqual(result.Samples)) continue;
            Assert.That(text, Is.EqualTo(first));
            Assert.That(again.Samples, Is.EqualTo(result.Samples));
        }
    }

    // A second of work on the new data: downtime where the destination counts, which is told of the first data only.
    [TestCase("reinit-10.0", null, 1000, 0)]
    [TestCase("reinit-11.1", null, 0, 2)]
    [TestCase("reinit-11.1", "migration.switchover-ack-legacy=on", 1000, 0)]
    public void Beginning_anew_is_downtime_unless_the_source_counts(string name, string? property, long work, int requests)
    {
        MigrationScenario scenario = Read(name);
        if (property is not null)
        {
            scenario = scenario with
            {
                Source = scenario.Source! with { Globals = [property] },
                Destination = new ScenarioMachine { Globals = [property] },
            };
        }

        scenario = scenario with
        {
            Steps = [.. scenario.Steps!, new ScenarioStep { AtMs = 3600, On = ScenarioEnd.Source, Execute = "x-query-switchover" }],
        };
        ScenarioResult result = Run(scenario, out string text);
        Assert.That(result.Source.Downtime - work, Is.InRange(0, 100), text);
        Assert.That(text.Split('\n').Last(line => line.Contains("x-query-switchover")), Does.Contain($"\"requests\": {requests}"));
    }

    [Test]
    public void A_release_that_is_not_there_is_refused() =>
        Assert.That(
            () => Run(Read("reinit-11.1") with { Version = "9.9" }, out _),
            Throws.TypeOf<ScenarioException>().With.Message.EqualTo("Parameter 'version' expects one of 10.0, 11.1, and not '9.9'"));

    [Test]
    public async Task Processes_print_the_same_and_end_alike()
    {
        string path = Path.Combine(Folder, "destination-dies.json");
        string[] outputs = new string[2];
        for (int i = 0; i < outputs.Length; i++)
        {
            using QmpdRun run = QmpdRun.Start("-x-scenario", path);
            outputs[i] = await run.OutputAsync();
            Assert.That(await run.ExitAsync(), Is.Zero, run.Errors);
        }

        Run(Read("destination-dies"), out string expected);
        Assert.That(outputs, Is.All.EqualTo(expected));
    }

    [Test]
    public async Task Options_that_a_scenario_ignores_are_told()
    {
        using QmpdRun run = QmpdRun.Start("-m", "64M", "-nodefaults", "-S", "-x-scenario", Path.Combine(Folder, "precopy.json"));
        await run.OutputAsync();
        Assert.That(await run.ExitAsync(), Is.Zero);
        Assert.That(run.Errors, Is.EqualTo("qmpd: warning: a scenario has machines of its own; without effect: -m, -S\n"));
    }

    [Test]
    public async Task Files_have_comments_and_units_and_may_come_by_standard_input()
    {
        string plain = await File.ReadAllTextAsync(Path.Combine(Folder, "precopy.json"));
        Assert.That(plain, Does.Contain("\"memory\": 4194304"));
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            folder.File("written.json"), "# by hand\n" + plain.Replace("\"memory\": 4194304", "\"memory\": \"4M\" /* not much */", StringComparison.Ordinal));
        Assert.That(Text(folder.File("written.json")), Is.EqualTo(Text(Path.Combine(Folder, "precopy.json"))));
        using QmpdRun run = QmpdRun.StartAfter($"exec < {folder.File("written.json")}", "-x-scenario", "-");
        Assert.That(await run.OutputAsync(), Is.EqualTo(Text(folder.File("written.json"))));
        Assert.That(await run.ExitAsync(), Is.Zero, run.Errors);

        static string Text(string path)
        {
            Run(ScenarioFile.Read(path), out string text);
            return text;
        }
    }

    [Test]
    public async Task A_file_that_is_no_scenario_is_refused()
    {
        using QmpdRun run = QmpdRun.Start("-x-scenario", "/dev/zero");
        Assert.That(await run.ExitAsync(), Is.EqualTo(1));
        Assert.That(run.Errors, Is.EqualTo("qmpd: -x-scenario /dev/zero: The file has more than 4 MiB\n"));
    }

    [Test]
    public void The_switchover_waits_for_the_device_that_loads()
    {
        MigrationScenario acknowledged = Read("switchover-ack");
        MigrationScenario hasty = acknowledged with
        {
            Capabilities = [.. acknowledged.Capabilities!.Where(c => c != MigrationCapability.SwitchoverAck)],
        };
        Assert.That(Run(acknowledged, out _).Source.Downtime, Is.LessThan(60));
        Assert.That(Run(hasty, out _).Source.Downtime, Is.GreaterThan(700));
    }

    [Test]
    public void Real_time_goes_the_same_way()
    {
        MigrationScenario scenario = Read("precopy") with { Clock = ScenarioClock.Real };
        ScenarioResult result = Run(scenario, out string text);
        Assert.That(result.IsAsExpected, text);
        Assert.That(result.Damage, Is.Null);
        string[] names =
        [
            .. result.Messages.Where(m => m.EventName is "STOP" or "RESUME").Select(m => $"{m.On} {m.EventName}"),
        ];
        Assert.That(names, Is.EqualTo(new[] { "Source RESUME", "Source STOP", "Destination RESUME" }));
    }

    [Test]
    public void Steps_and_faults_happen_when_they_should()
    {
        ScenarioResult result = Run(
            """
            {
              "memory": 4194304, "capabilities": [ "events", "return-path" ],
              "link": { "bandwidth": 10000000 },
              "destination": { "faults": [ { "point": "start", "action": "hold" } ] },
              "steps": [
                { "at-ms": 900, "on": "destination", "execute": "x-fault-release", "arguments": { "point": "start" } },
                { "at-ms": 500, "on": "source", "execute": "query-status" },
                { "at-ms": 600, "on": "source", "execute": "no-such-command" }
              ],
              "expect": "completed"
            }
            """,
            out string text);
        Assert.That(result.IsAsExpected, text);
        Assert.That(result.Source.Downtime, Is.GreaterThan(800));
        Assert.That(text, Does.Contain(
            "{\"on\": \"source\", \"execute\": \"query-status\", \"return\": {\"status\": \"finish-migrate\", \"running\": false}}"));
        Assert.That(text, Does.Contain("\"desc\": \"The command no-such-command has not been found\""));
        Assert.That(text, Does.Contain("\"event\": \"X_FAULT\""));
    }

    [Test]
    public void A_guest_tells_of_the_pages_that_it_waited_for()
    {
        MigrationScenario scenario = Read("postcopy");
        scenario = scenario with { Steps = [.. scenario.Steps!, new ScenarioStep { AtMs = 3000, On = ScenarioEnd.Destination, Execute = "x-query-workload" }] };
        ScenarioResult result = Run(scenario, out string text);
        Assert.That(result.HasSucceeded, text);
        JToken guest = result.Messages.Single(m => (string?)m.Body["execute"] == "x-query-workload").Body["return"]![0]!;
        Assert.That((long)guest["faults"]!, Is.EqualTo(result.Source.Ram!.PostcopyRequests).And.GreaterThan(10), $"{guest}");
        Assert.That((long)guest["longest-us"]!, Is.GreaterThanOrEqualTo(2 * 200), "there and back");
        Assert.That((long)guest["waited-us"]!, Is.InRange((long)guest["longest-us"]!, (long)guest["longest-us"]! * (long)guest["faults"]!));
        Assert.That((long)guest["reads"]!, Is.GreaterThan(100));
        Assert.That((long)guest["damaged"]!, Is.Zero);
        Assert.That(guest["waiting-us"], Is.Null);
    }

    [Test]
    public void A_lost_byte_is_found()
    {
        ScenarioResult result = Run(
            """
            {
              "memory": 1048576, "noise": 1048576, "capabilities": [ "return-path" ],
              "source": { "faults": [ { "point": "iterate", "action": "corrupt" } ] }
            }
            """,
            out _);
        Assert.That(result.Damage, Does.Match("^byte 0x[0-9a-f]*800 is not what it was$"));
    }

    [TestCase("", "JSON parse error, expecting value")]
    [TestCase("{ 'clock': 'atomic' }", "Parameter 'clock' does not accept value 'atomic'")]
    [TestCase("{ 'steps': [ { 'at-ms': 1, 'on': 'source' } ] }", "Parameter 'steps[0].execute' is missing")]
    [TestCase("{ 'devices': [ { 'driver': 'x-vfio', 'speed': 1 } ] }", "Parameter 'devices[0].speed' is unexpected")]
    [TestCase("{ 'memory': 8192, 'devices': [ { 'driver': 'x-workload', 'working-set': 1 } ] }",
        "-device x-workload: Parameter 'working-set' expects two pages or more, all in memory")]
    [TestCase("{ 'capabilities': [ 'switchover-ack' ] }", "Capability 'switchover-ack' requires capability 'return-path'")]
    [TestCase("{ 'source': { 'parameters': { 'cpu-throttle-initial': 0 } } }",
        "Parameter 'cpu_throttle_initial' expects an integer in the range of 1 to 99")]
    [TestCase("{ 'capabilities': [ 'events', 'nosuch' ] }", "Parameter 'capabilities[1]' does not accept value 'nosuch'")]
    [TestCase("{ 'memory': 8192, 'noise': 8193 }", "Parameter 'noise' expects at most the memory, which has 8192 bytes")]
    public void What_makes_no_sense_is_refused(string json, string message) =>
        Assert.That(() => Run(json, out _), Throws.TypeOf<ScenarioException>().With.Message.EqualTo(message));

    [Test]
    public void A_refused_migration_is_no_success()
    {
        ScenarioResult result = Run(
            "{ 'memory': 8192, 'source': { 'devices': [ { 'driver': 'x-workload', 'migratable': false } ] } }", out string text);
        Assert.That(result.Refusal, Is.EqualTo("migrate was refused: Guest 'workload0' is not migratable"));
        Assert.That(result.HasSucceeded, Is.False);
        Assert.That(text, Does.EndWith($"{{\"ended\": \"{result.Refusal}\"}}\n"));
    }

    [Test]
    public void A_refused_step_is_no_success()
    {
        ScenarioResult result = Run(
            "{ 'memory': 8192, 'steps': [ { 'at-ms': 1, 'on': 'source', 'execute': 'nosuch' } ], 'expect': 'completed' }",
            out string text);
        Assert.That(result.IsAsExpected);
        Assert.That(result.HasSucceeded, Is.False);
        Assert.That(text, Does.EndWith("{\"ended\": \"nosuch was refused: The command nosuch has not been found\"}\n"));
    }

    [Test]
    public void A_success_is_said_in_the_last_line()
    {
        ScenarioResult result = Run("{ 'memory': 8192 }", out string text);
        Assert.That(result.HasSucceeded);
        Assert.That(text, Does.EndWith("{\"memory\": \"intact\"}\n{\"ended\": \"as it should: completed\"}\n"));
    }

    private static MigrationScenario Read(string name) => ScenarioFile.Read(Path.Combine(Folder, name + ".json"));

    private static ScenarioResult Run(string json, out string text) =>
        Run(ScenarioFile.Parse(Encoding.UTF8.GetBytes(json)), out text);

    private static ScenarioResult Run(MigrationScenario scenario, out string text)
    {
        var lines = new StringBuilder();
        ScenarioResult result = ScenarioRunner.Run(
            scenario, TimeProvider.System, Logger.None, message => lines.Append(message.ToLine()).Append('\n'));
        text = lines.ToString();
        return result;
    }
}
