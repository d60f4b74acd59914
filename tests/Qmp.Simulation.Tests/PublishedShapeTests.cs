using Qmp.Types;
using Serilog.Core;

namespace Qmp.Simulation.Tests;

/// <summary>The shape of what was published of pre-copy.</summary>
[TestFixture]
internal sealed class PublishedShapeTests
{
    private const ulong Mebi = 1 << 20;

    /// <summary>
    /// C. Clark et al., Live Migration of Virtual Machines, NSDI 2005, section 4: the downtime that would be left falls steeply in the
    /// first rounds; then what is left is the writable working set, and more rounds gain little. A wider link lies below a narrower one.
    /// </summary>
    [Test]
    public void Rounds_gain_much_at_first_and_little_later()
    {
        double[][] curves = [.. new ulong[] { 16, 32, 64 }.Select(bandwidth => Downtimes(bandwidth * Mebi))];
        foreach (double[] curve in curves)
        {
            Assert.That(curve[1], Is.LessThan(curve[0] / 2), "the first round");
            Assert.That(curve[5], Is.InRange(curve[4] * 0.8, curve[4] * 1.05), "a plateau");
            Assert.That(curve[0] - curve[1], Is.GreaterThan(5 * Math.Abs(curve[4] - curve[5])));
        }

        for (int round = 0; round < 6; round++) Assert.That(curves.Select(curve => curve[round]), Is.Ordered.Descending);
    }

    /// <summary>
    /// S. Akoush et al., Predicting the Performance of Virtual Machine Migration, MASCOTS 2010: total time and data sent rise slowly with the page
    /// dirty rate, and steeply where it comes near the link's rate.
    /// </summary>
    [Test]
    public void Time_rises_slowly_and_steeply_near_the_rate_of_the_link()
    {
        double[] times = [.. new[] { 0.0, 0.2, 0.4, 0.6, 0.8, 0.95 }.Select(share => TotalTime((ulong)(share * 64 * Mebi)))];
        Assert.That(times, Is.Ordered.Ascending);
        Assert.That(times[2] / times[0], Is.LessThan(2));
        Assert.That((times[5] - times[4]) / (times[1] - times[0]), Is.GreaterThan(10));
    }

    // What the guest would stand still for if it were stopped at the start of each pass, in seconds.
    private static double[] Downtimes(ulong bandwidth)
    {
        ScenarioResult result = Run(bandwidth, new ScenarioWorkload
        {
            Rate = 80 * Mebi, WorkingSet = 256 * Mebi, Pattern = ScenarioPattern.HotCold, HotPart = 5, HotShare = 98,
        });
        return [512.0 * Mebi / bandwidth, .. result.Passes.SkipWhile(pass => pass.Number < 2).Take(5).Select(pass => (double)pass.Remaining / bandwidth)];
    }

    private static double TotalTime(ulong rate) =>
        Run(64 * Mebi, new ScenarioWorkload { Rate = rate, Pattern = ScenarioPattern.Round }).Source.TotalTime ?? 0;

    private static ScenarioResult Run(ulong bandwidth, ScenarioWorkload workload) => ScenarioRunner.Run(
        new MigrationScenario
        {
            Memory = 512 * Mebi,
            MemoryModel = ScenarioMemory.Counted,
            Contents = [new ScenarioContents { Size = 512 * Mebi }],
            Workload = [workload],
            Capabilities = [MigrationCapability.Events],
            Parameters = new MigrateSetParameters { MaxBandwidth = 0, DowntimeLimit = 30 },
            Link = new ScenarioLink { Bandwidth = bandwidth, Buffer = 1 << 20 },
            LimitMs = 300_000,
            GiveUpAfter = 8,
        },
        TimeProvider.System,
        Logger.None);
}
