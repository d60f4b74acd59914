using System.Diagnostics;
using Qmp.Simulation.Sweeps;
using Qmp.Simulation.Text;
using Qmp.Types;

namespace Qmp.Simulation.Tests;

/// <summary>Sweeps: the same bytes with any number of workers, whole or in parts.</summary>
[TestFixture]
internal sealed class SweepTests
{
    private const string Scenario = """
        // a small guest
        { "memory": "8M", "workload": { "rate": "1M", "working-set": "2M" }, "link": { "bandwidth": "4M" }, "give-up-after": 3 }
        """;

    private static readonly string[] Axes = ["workload.rate=0:2M:6M", "link.bandwidth=2M..8M/3", "capabilities=events:events+auto-converge"];

    private static string Program => Path.Combine(Repository.Root, "artifacts", "bin", "qmp-sim", "release", "qmp-sim");

    [Test]
    public void Any_number_of_workers_makes_the_same_output([Values(1, 2, 5)] int workers) =>
        Assert.That(Run(workers, 0, 1), Is.EqualTo(Run(1, 0, 1)).And.Count.EqualTo(19));

    [Test]
    public void Shards_that_run_as_processes_merge_into_the_whole()
    {
        string folder = Directory.CreateTempSubdirectory("sweep").FullName;
        try
        {
            string file = Path.Combine(folder, "scenario.json");
            File.WriteAllText(file, Scenario);
            string[] settings = ["--set", .. Axes];
            Process[] shards = [.. Enumerable.Range(1, 3).Select(i => Start(["sweep", file, "--shard", $"{i}/3", .. settings]))];
            string[] parts = new string[3];
            for (int i = 0; i < 3; i++)
            {
                string text = shards[i].StandardOutput.ReadToEnd();
                shards[i].WaitForExit();
                Assert.That(shards[i].ExitCode, Is.Zero);
                File.WriteAllText(parts[i] = Path.Combine(folder, $"part-{i}"), text);
            }

            string merged = Output(Start(["merge", parts[2], parts[0], parts[1]]), 0);
            Assert.That(merged, Is.EqualTo(Output(Start(["sweep", file, "--workers", "2", .. settings]), 0)));
            Assert.That(merged.TrimEnd().Split('\n'), Is.EqualTo(Run(1, 0, 1)));
            Output(Start(["merge", parts[0], parts[1]]), 1);
            Output(Start(["merge", parts[0], parts[0], parts[1], parts[2]]), 1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Parts_of_another_sweep_are_not_merged()
    {
        SweepFile one = SweepFile.Read("one", Run(1, 0, 1));
        SweepFile other = SweepFile.Read("other", Run(1, 0, 1)) is var read ? new SweepFile { Head = read.Head with { Scenario = "0" }, Points = read.Points } : read;
        Assert.That(() => SweepFile.Merge([("one", one), ("other", other)]), Throws.TypeOf<ScenarioException>().With.Message.Contains("another sweep"));
    }

    [TestCase("link.bandwidth=1G:10Gbit", new[] { "1G", "10Gbit" })]
    [TestCase("workload.rate=0..100/3", new[] { "0", "50", "100" })]
    [TestCase("workload.rate=1K..1M*3", new[] { "1024", "32768", "1048576" })]
    public void Values_are_lists_and_ranges(string text, string[] values) => Assert.That(AxisText.Parse(text).Values, Is.EqualTo(values));

    [TestCase("rate"), TestCase("=1"), TestCase("a=1::2"), TestCase("a=1..2"), TestCase("a=1..2/1"), TestCase("a=0..2*4"), TestCase("a=x..y/3")]
    public void What_is_no_axis_is_refused(string text) => Assert.That(() => AxisText.Parse(text), Throws.TypeOf<ScenarioException>());

    [Test]
    public void A_point_that_makes_no_sense_says_so_and_others_go_on()
    {
        var plan = new SweepPlan(ScenarioText.Parse(Scenario), [AxisText.Parse("workload.working-set=1M:64M")]);
        var points = new List<SweepPoint>();
        new SweepRunner(plan, TimeProvider.System).Run(0, 1, 1, points.Add);
        Assert.That(points.Select(point => point.Error is null), Is.EqualTo(new[] { true, false }));
        Assert.That(points[1].Error, Does.Contain("working-set"));
    }

    private static List<string> Run(int workers, int shard, int shards)
    {
        var plan = new SweepPlan(ScenarioText.Parse(Scenario), [.. Axes.Select(AxisText.Parse)]);
        var lines = new List<string> { SweepFile.Line(plan.Head) };
        new SweepRunner(plan, TimeProvider.System).Run(shard, shards, workers, point => lines.Add(SweepFile.Line(point)));
        return lines;
    }

    private static Process Start(string[] arguments) =>
        Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static string Output(Process process, int status)
    {
        using (process)
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.That(process.ExitCode, Is.EqualTo(status), errors.Result);
            return output;
        }
    }
}
