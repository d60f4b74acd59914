using Qmp.Simulation.Text;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Simulation.Tests;

/// <summary>Memory that is counted gives what stored memory gives: the same events at the same times, and the same numbers.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class CountedMemoryTests
{
    [Test]
    public void A_random_scenario_has_the_same_transcript([Range(1, 50)] int seed)
    {
        MigrationScenario scenario = RandomScenarios.Make(seed);
        (string Text, IReadOnlyList<ScenarioSample> Samples) stored = Run(scenario with { MemoryModel = ScenarioMemory.Stored });
        (string Text, IReadOnlyList<ScenarioSample> Samples) counted = Run(scenario with { MemoryModel = ScenarioMemory.Counted });
        Assert.That(counted.Text, Is.EqualTo(stored.Text));
        Assert.That(counted.Samples, Is.EqualTo(stored.Samples));
        Assert.That(stored.Text, Does.Contain("\"memory\": \"intact\"").Or.Contain("\"memory\": \"in two places\""));
    }

    [Test]
    public void A_fault_that_corrupts_takes_bytes() => Assert.That(
        () => Run(new MigrationScenario
        {
            MemoryModel = ScenarioMemory.Counted,
            Source = new ScenarioMachine { Faults = [new FaultPlan { Point = FaultPoint.Iterate, Action = FaultAction.Corrupt }] },
        }),
        Throws.TypeOf<ScenarioException>().With.Message.Contains("has to be stored"));

    private static (string Text, IReadOnlyList<ScenarioSample> Samples) Run(MigrationScenario scenario)
    {
        var lines = new List<string>();
        ScenarioResult result = ScenarioRunner.Run(scenario, TimeProvider.System, Logger.None, message => lines.Add(message.ToLine()));
        return (string.Join('\n', lines), result.Samples);
    }
}
