using Qmp.Interop.Emulators;
using Qmp.Interop.Kills;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>One end of a migration is killed: of the other becomes what becomes of QEMU between two QEMUs.</summary>
/// <remarks>The table that decides is recorded; <c>tests/Qmp.Interop/README.md</c> says how.</remarks>
[Category("Slow")]
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class KillTests
{
    private static IEnumerable<TestCaseData> Cases() =>
        from @case in KillCase.All
        from pair in Pair.WithQmpd
        select new TestCaseData(@case, pair).SetName($"{@case}, {pair}");

    [TestCaseSource(nameof(Cases))]
    public async Task Survivor_ends_as_QEMU_does(KillCase @case, Pair pair)
    {
        Requirement.Check(pair);
        KillOutcome outcome = await KillRun.RunAsync(@case, pair);
        Assert.That(KillTable.Recorded.Of(@case), Does.Contain(outcome));
    }
}
