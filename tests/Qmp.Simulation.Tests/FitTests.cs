using Qmp.Simulation.Fitting;
using Qmp.Simulation.Text;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Simulation.Tests;

/// <summary>A migration that was watched gives back the guest.</summary>
[TestFixture]
internal sealed class FitTests
{
    private const ulong Mebi = 1 << 20;

    [Test]
    public void A_recording_of_qemu_is_explained()
    {
        string file = Path.Combine(Repository.Root, "tools", "qmp-sim", "truth", "plain-256.jsonl");
        WatchedMigration watched = WatchedMigration.Read(file, File.ReadLines(file));
        var parameters = new MigrateSetParameters { MaxBandwidth = 64 * Mebi, DowntimeLimit = 300 };
        (FitReport report, _) = new Fitter(watched, parameters, [], TimeProvider.System).Fit();
        Assert.That(report.Error, Is.LessThan(7), "percent");
        Assert.That(report.Modelled.TotalTime, Is.EqualTo(report.Watched.TotalTime).Within(15).Percent);
    }

    [Test]
    public void A_simulated_guest_is_found_again()
    {
        var answers = new List<(double, MigrationInfo)>();
        MigrationScenario scenario = new()
        {
            Memory = 128 * Mebi,
            MemoryModel = ScenarioMemory.Counted,
            Contents = [new ScenarioContents { Size = 96 * Mebi }],
            Workload = [new ScenarioWorkload { Rate = 12 * Mebi, WorkingSet = 32 * Mebi }],
            Capabilities = [MigrationCapability.Events],
            Parameters = new MigrateSetParameters { MaxBandwidth = 32 * Mebi, DowntimeLimit = 100 },
            Steps = [.. Enumerable.Range(1, 80).Select(i => new ScenarioStep { AtMs = (uint)(i * 100), On = ScenarioEnd.Source, Execute = "query-migrate" })],
            LimitMs = 20_000,
        };
        ScenarioRunner.Run(scenario, TimeProvider.System, Logger.None, message =>
        {
            if ((string?)message.Body["execute"] != "query-migrate") return;
            answers.Add((message.Milliseconds / 1000, WatchedMigration.Parse((Newtonsoft.Json.Linq.JObject)message.Body["return"]!)));
        });
        WatchedMigration watched = WatchedMigration.Of(answers.TakeWhile((a, i) => i == 0 || answers[i - 1].Item2.Status != MigrationStatus.Completed));
        (FitReport report, _) = new Fitter(watched, scenario.Parameters!, [], TimeProvider.System).Fit();
        ScenarioWorkload guest = report.Scenario.Workload![0];
        Assert.That((double)guest.Rate!, Is.EqualTo(12.0 * Mebi).Within(35).Percent);
        Assert.That(report.Error, Is.LessThan(2));
    }

    [TestCase("{\"t\": 1}")]
    [TestCase("{\"t\": 1, \"return\": {\"status\": 5}}")]
    [TestCase("nothing")]
    public void What_is_no_recording_is_refused(string line) =>
        Assert.That(() => WatchedMigration.Read("x", [line]), Throws.TypeOf<ScenarioException>().With.Message.StartsWith("x:1:"));
}
