using Qmp.Interop.Emulators;
using Qmp.Interop.Matrix;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>Every way to migrate, from and to a real QEMU and between emulators of ours.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class MatrixTests
{
    private static IEnumerable<TestCaseData> Cases() =>
        from scenario in Scenario.All
        from pair in Pair.WithQmpd
        where scenario.Fits(pair)
        select new TestCaseData(scenario, pair).SetName($"{scenario}, {pair}");

    private static IEnumerable<TestCaseData> NewerCases() =>
        from scenario in Scenario.All
        from pair in Pair.WithEleven
        where scenario.Fits(pair)
        select new TestCaseData(scenario, pair).SetName($"{scenario}, {pair}");

    [TestCaseSource(nameof(Cases))]
    public Task Guest_arrives_whole(Scenario scenario, Pair pair) => RunAsync(scenario, pair);

    [TestCaseSource(nameof(NewerCases))]
    public Task Guest_arrives_whole_with_release_11_1(Scenario scenario, Pair pair) => RunAsync(scenario, pair);

    private static async Task RunAsync(Scenario scenario, Pair pair)
    {
        Requirement.Check(pair);
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        MigrationInfo info = await ScenarioRun.RunAsync(scenario, pair, seed);
        TestContext.Out.WriteLine($"total {info.TotalTime} ms, downtime {info.Downtime} ms");
    }
}
