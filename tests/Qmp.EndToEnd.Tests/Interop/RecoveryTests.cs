using Qmp.Interop.Emulators;
using Qmp.Interop.Recoveries;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>Ten connections of one migration are lost, one behind the other, and no page is.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class RecoveryTests
{
    private const int Cuts = 10;

    private static IEnumerable<TestCaseData> Cases() =>
        Pair.WithQmpd.Concat(Pair.WithEleven).Select(pair => new TestCaseData(pair).SetName($"ten connections lost, {pair}"));

    [TestCaseSource(nameof(Cases))]
    public async Task Migration_goes_on_over_the_next_connection(Pair pair)
    {
        Requirement.Check(pair);
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        TestContext.Out.WriteLine(string.Join(' ', await RecoveryRun.RunAsync(pair, Cuts, seed)));
    }
}
