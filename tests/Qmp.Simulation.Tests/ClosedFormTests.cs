using Qmp.Types;
using Serilog.Core;

namespace Qmp.Simulation.Tests;

/// <summary>Uniform dirtying has a closed form: each pass leaves what was written while the one before was sent.</summary>
[TestFixture]
internal sealed class ClosedFormTests
{
    private const ulong Mebi = 1 << 20;

    // Round by round over a set that is larger than what a pass leaves, each write dirties a page of its own: pass k leaves M r^k.
    [TestCase(0.3), TestCase(0.5), TestCase(0.8)]
    public void Passes_are_a_geometric_series(double ratio)
    {
        const ulong memory = 2048 * Mebi;
        const double bandwidth = 200 * Mebi;
        double perByte = (4096 + 8) / 4096.0; // a page's header goes with it
        ulong rate = (ulong)(ratio * bandwidth / perByte);
        ScenarioResult result = ScenarioRunner.Run(
            new MigrationScenario
            {
                Memory = memory,
                MemoryModel = ScenarioMemory.Counted,
                Contents = [new ScenarioContents { Size = memory }],
                Workload = [new ScenarioWorkload { Rate = rate, Pattern = ScenarioPattern.Round }],
                Capabilities = [MigrationCapability.Events, MigrationCapability.ReturnPath],
                Parameters = new MigrateSetParameters { MaxBandwidth = 0, DowntimeLimit = 1 },
                Link = new ScenarioLink { Bandwidth = (ulong)bandwidth, Buffer = 1 << 20 },
                LimitMs = 600_000,
            },
            TimeProvider.System,
            Logger.None);
        Assert.That(result.Source.Status, Is.EqualTo(MigrationStatus.Completed));

        double left = memory;
        foreach (ScenarioPass pass in result.Passes.SkipWhile(pass => pass.Number < 2))
        {
            left *= ratio;
            if (left < bandwidth / 2) break; // a pass of less is ended by the steps in which things are looked at
            Assert.That(pass.Remaining, Is.EqualTo(left).Within(0.5).Percent, $"pass {pass.Number}");
        }

        // All of it: M (1 + r + r² + …), at the rate of the link.
        double time = memory * perByte / bandwidth / (1 - ratio) * 1000;
        Assert.That(result.Source.TotalTime, Is.EqualTo(time).Within(0.5).Percent);
    }
}
