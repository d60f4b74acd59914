using Qmp.Interop.Emulators;
using Qmp.Interop.Kills;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>
/// One end of a migration is killed, or one of its channels is cut: of what is left becomes what becomes of QEMU between two
/// QEMUs.
/// </summary>
/// <remarks>The tables that decide are recorded; <c>tests/Qmp.Interop/README.md</c> says how.</remarks>
[Category("Slow")]
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class KillTests
{
    // An end that has not come to one by then is taken for one that never will, where that is expected.
    private static readonly TimeSpan Endless = TimeSpan.FromSeconds(2);

    private static IEnumerable<TestCaseData> Cases() =>
        from @case in KillCase.All
        from pair in Pair.WithQmpd
        select new TestCaseData(@case, pair).SetName($"{@case}, {pair}");

    [TestCaseSource(nameof(Cases))]
    public async Task Survivor_ends_as_QEMU_does(KillCase @case, Pair pair)
    {
        Requirement.Check(pair);
        IReadOnlyDictionary<MigrationEnd, KillOutcome> outcomes = await KillRun.RunAsync(
            @case, pair, end => KillTable.Expected(@case, end, pair).All(o => o.IsEnd) ? EventLog.Patience : Endless);
        Assert.Multiple(() =>
        {
            foreach ((MigrationEnd end, KillOutcome outcome) in outcomes)
            {
                Assert.That(KillTable.Expected(@case, end, pair), Does.Contain(outcome), $"{end}");
            }
        });
    }
}
