using Newtonsoft.Json.Linq;
using Qmp.Simulation;
using Qmp.Simulation.Text;
using Qmp.Simulation.Verdicts;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.EndToEnd.Tests.Simulation;

/// <summary>What a scenario tells of postcopy: faults, requests, waits, pauses and recoveries.</summary>
[TestFixture, Parallelizable]
internal sealed class PostcopyScenarioTests
{
    private static readonly MigrationStatus[] Course =
    [
        MigrationStatus.PostcopyActive, MigrationStatus.PostcopyPaused, MigrationStatus.PostcopyRecoverSetup, MigrationStatus.PostcopyRecover,
        MigrationStatus.PostcopyActive, MigrationStatus.Completed,
    ];

    [Test]
    public void A_pause_and_its_recovery_are_told_in_numbers()
    {
        ScenarioResult result = Run(Read("postcopy-recovery"));
        ScenarioPostcopy numbers = result.Postcopy!;
        Assert.That((numbers.Pauses, numbers.Recoveries), Is.EqualTo((1, 1)));
        Assert.That(numbers.PausedMs, Is.InRange(1100, 1110), "from 150 ms to 1250 ms and what it takes to agree");
        Assert.That(numbers.Faults, Is.GreaterThan(3));
        Assert.That(numbers.Requests, Is.GreaterThanOrEqualTo(numbers.Faults), "all that was waited for was asked for");
        Assert.That(numbers.LongestUs, Is.InRange(1_000_000, 1_200_000), "that one waited through the pause");
        Assert.That(numbers.MedianUs, Is.InRange(400, 100_000), "there and back, at least");
        Assert.That(Summary.Of(result).Postcopy, Is.EqualTo(numbers));

        JToken line = result.Messages.Single(m => m.Body["postcopy"] is not null).Body["postcopy"]!;
        Assert.That((long)line["faults"]!, Is.EqualTo(numbers.Faults));
        Assert.That((long)line["paused-ms"]!, Is.EqualTo(numbers.PausedMs));
    }

    [Test]
    public void Statuses_follow_each_other_without_a_gap()
    {
        ScenarioResult result = Run(Read("postcopy-recovery"));
        Assert.That(result.Statuses.Select(s => s.Status).SkipWhile(s => s != MigrationStatus.PostcopyActive), Is.EqualTo(Course));
        Assert.That(result.Statuses.Skip(1).Select(s => s.From), Is.EqualTo(result.Statuses.SkipLast(1).Select(s => s.To)));
        Assert.That(result.Statuses[^1].To, Is.EqualTo(result.Samples[^1].Milliseconds));
    }

    [Test]
    public void Without_events_it_is_told_from_what_was_seen()
    {
        MigrationScenario scenario = Read("postcopy-recovery");
        ScenarioPostcopy numbers = Run(scenario with { Capabilities = [MigrationCapability.PostcopyRam], SampleMs = 1 }).Postcopy!;
        Assert.That((numbers.Pauses, numbers.Recoveries), Is.EqualTo((1, 1)));
        Assert.That(numbers.PausedMs, Is.InRange(1100, 1110));
    }

    [Test]
    public void A_recovery_that_fails_is_part_of_the_pause()
    {
        MigrationScenario scenario = Read("postcopy-recovery");
        ScenarioStep[] again = [.. scenario.Steps!.TakeLast(2).Select(step => step with { AtMs = step.AtMs + 1000 })];
        var fault = new FaultPlan { Point = FaultPoint.Recover, Action = FaultAction.Close };
        ScenarioResult result = Run(scenario with { Steps = [.. scenario.Steps!, .. again], Source = scenario.Source! with { Faults = [fault] } });
        ScenarioPostcopy numbers = result.Postcopy!;
        Assert.That(result.HasSucceeded, result.Ending);
        Assert.That((numbers.Pauses, numbers.Recoveries), Is.EqualTo((1, 1)));
        Assert.That(numbers.PausedMs, Is.InRange(2100, 2110));
    }

    [Test]
    public void Samples_say_who_waits_and_how_long_it_took()
    {
        ScenarioResult result = Run(Read("postcopy-recovery"));
        ScenarioStatus pause = result.Statuses.Single(s => s.IsPause);
        Assert.That(result.Samples.Where(s => s.Milliseconds > pause.From && s.Milliseconds < pause.To).TakeLast(50), Is.All.Property(nameof(ScenarioSample.Waiting)).EqualTo(1));
        Assert.That(result.Samples.Max(s => s.LongestLatency).TotalMicroseconds, Is.EqualTo(result.Postcopy!.LongestUs).Within(1));
        Assert.That(result.Samples, Is.All.Matches<ScenarioSample>(s => s!.MedianLatency <= s.LongestLatency));
        Assert.That(result.Samples.Select(s => s.Faults), Is.Ordered);
        Assert.That(result.Samples[^1], Has.Property(nameof(ScenarioSample.Faults)).EqualTo(result.Postcopy.Faults)
            .And.Property(nameof(ScenarioSample.Requests)).EqualTo(result.Postcopy.Requests)
            .And.Property(nameof(ScenarioSample.Waiting)).Zero);
    }

    [Test]
    public void A_guest_that_moves_with_its_memory_has_no_such_numbers()
    {
        ScenarioResult result = Run(Read("precopy"));
        Assert.That(result.Postcopy, Is.Null);
        Assert.That(result.Messages.Select(m => m.Body["postcopy"]), Is.All.Null);
        Assert.That(result.Samples.Sum(s => s.Faults + s.Waiting), Is.Zero);
    }

    private static MigrationScenario Read(string name) =>
        ScenarioFile.Read(Path.Combine(Repository.Root, "tools", "demo", "scenarios", name + ".json"));

    private static ScenarioResult Run(MigrationScenario scenario) => ScenarioRunner.Run(scenario, TimeProvider.System, Logger.None);
}
