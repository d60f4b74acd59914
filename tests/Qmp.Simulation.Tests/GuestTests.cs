using Qmp.Simulation.Text;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Simulation.Tests;

/// <summary>What guests of a scenario write, seen from the migration.</summary>
[TestFixture]
internal sealed class GuestTests
{
    private const ulong Mebi = 1 << 20;

    // One pass over 64 MiB at 16 MiB a second lasts 4 s, in which 32 MiB of page writes are made.
    [TestCase(ScenarioPattern.Round, 31.5, 33)]
    [TestCase(ScenarioPattern.Uniform, 24.5, 26)] // 64 (1 - e^-0.5)
    [TestCase(ScenarioPattern.HotCold, 9.0, 11)] // 6.4 and 57.6 (1 - e^(-3.2/57.6))
    [TestCase(ScenarioPattern.Zipf, 9.0, 13)]
    public void A_pattern_dirties_so_much(ScenarioPattern pattern, double least, double most)
    {
        ScenarioResult result = Run(new ScenarioWorkload { Rate = 8 * Mebi, Pattern = pattern });
        double dirty = result.Passes.First(pass => pass.Number == 2).Remaining / (double)Mebi;
        Assert.That(dirty, Is.InRange(least, most));
    }

    [Test]
    public void Phases_follow_each_other_and_begin_again()
    {
        ScenarioResult result = Run(new ScenarioWorkload
        {
            Phases = [new ScenarioPhase { ForMs = 500, Rate = 10 * Mebi }, new ScenarioPhase { ForMs = 500, Rate = 0 }],
        });
        double[] written = [.. result.Samples.Where((_, i) => i % 10 == 0).Select(sample => sample.Dirtied / (double)Mebi)];
        double[] steps = [.. written.Zip(written.Skip(1), (a, b) => b - a)];
        Assert.That(steps.Take(16).Where(step => step < 0.1).Count(), Is.InRange(6, 9));
        Assert.That(steps.Take(16).Max(), Is.EqualTo(1).Within(0.1));
    }

    [Test]
    public void A_trace_says_the_rates()
    {
        string file = Path.Combine(Path.GetTempPath(), $"trace-{Guid.NewGuid():n}");
        try
        {
            File.WriteAllText(file, "# seconds, bytes a second\n0,1048576\n1 4194304\n2,0\n");
            ScenarioResult result = Run(new ScenarioWorkload { Trace = file });
            Assert.That(result.Samples[^1].Dirtied / (double)Mebi, Is.EqualTo(5).Within(0.1));
            File.WriteAllText(file, "1,2\n0,3\n");
            Assert.That(() => Run(new ScenarioWorkload { Trace = file }), Throws.TypeOf<ScenarioException>().With.Message.Contains(":2:"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void Neighbours_share_the_link()
    {
        MigrationScenario alone = Scenario(new ScenarioWorkload()) with { LimitMs = 20_000 };
        MigrationScenario shared = alone with
        {
            Neighbours = [new ScenarioNeighbour { Memory = 64 * Mebi, Contents = [new ScenarioContents { Size = 64 * Mebi }], Parameters = new MigrateSetParameters { MaxBandwidth = 0 } }],
        };
        ScenarioResult one = Run(alone);
        ScenarioResult two = Run(shared);
        Assert.That(two.Neighbours.Single().Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(two.Source.TotalTime, Is.EqualTo(one.Source.TotalTime * 2).Within(5).Percent);
    }

    [Test]
    public void What_leads_nowhere_is_given_up()
    {
        ScenarioResult result = Run(Scenario(new ScenarioWorkload { Rate = 100 * Mebi }) with { GiveUpAfter = 3, LimitMs = 1_000_000 });
        Assert.That(result.IsGivenUp);
        Assert.That(result.Source.Status, Is.EqualTo(MigrationStatus.Active));
    }

    private static ScenarioResult Run(ScenarioWorkload workload) => Run(Scenario(workload));

    private static ScenarioResult Run(MigrationScenario scenario) => ScenarioRunner.Run(scenario, TimeProvider.System, Logger.None);

    private static MigrationScenario Scenario(ScenarioWorkload workload) => new()
    {
        Memory = 64 * Mebi,
        MemoryModel = ScenarioMemory.Counted,
        Contents = [new ScenarioContents { Size = 64 * Mebi }],
        Workload = [workload],
        Capabilities = [MigrationCapability.Events],
        Parameters = new MigrateSetParameters { MaxBandwidth = 0, DowntimeLimit = 1 },
        Link = new ScenarioLink { Bandwidth = 16 * Mebi, Buffer = 1 << 20 },
        WarmUpMs = 0,
        LimitMs = 5000,
    };
}
