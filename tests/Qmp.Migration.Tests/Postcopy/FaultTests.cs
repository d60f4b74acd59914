using Qmp.Migration.Status;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Postcopy;

/// <summary>Faults where only a guest that has gone before its memory comes: requests for pages, and recovery.</summary>
[TestFixture]
internal sealed class FaultTests
{
    private static readonly FaultPoint[] Points =
    [
        FaultPoint.PageRequest, FaultPoint.PageRequestDone, FaultPoint.PageServe, FaultPoint.PageServeDone, FaultPoint.Recover, FaultPoint.RecoverDone,
    ];

    private static IEnumerable<TestCaseData> Cases() =>
        from point in Points
        from action in new[] { FaultAction.Fail, FaultAction.Close, FaultAction.Delay, FaultAction.Hold }
        from atSource in new[] { true, false }
        where atSource ? !point.ToWireName().StartsWith("page-request", StringComparison.Ordinal) : !point.ToWireName().StartsWith("page-serve", StringComparison.Ordinal)
        select new TestCaseData(point, action, atSource)
            .SetArgDisplayNames(point.ToWireName(), action.ToWireName(), atSource ? "source" : "destination");

    [TestCaseSource(nameof(Cases))]
    public void Whatever_goes_wrong_the_guest_arrives_whole(FaultPoint point, FaultAction action, bool atSource)
    {
        using MigrationPair pair = PostcopyMachines.Slow(PostcopyMachines.Busy);
        TestMachine faulty = atSource ? pair.Source : pair.Destination;
        int happened = 0;
        faulty.Core.Faults.Happening += _ => happened++;
        faulty.Core.Faults.Set(new() { Point = point, Action = action, Count = 2, DelayMs = 5 });
        pair.Fill().Migrate(async () =>
        {
            if (point is FaultPoint.Recover or FaultPoint.RecoverDone)
            {
                await pair.FollowAsync();
                pair.Source.Core.PausePostcopy();
            }
            else
            {
                await pair.StartAsync();
            }

            for (int i = 0; pair.Source.Status != MigrationStatus.Completed; i++)
            {
                Assert.That(i, Is.LessThan(10_000), $"{pair.Source.Status}, {pair.Destination.Status}");
                faulty.Core.Faults.Release(null);
                if (pair.Source.Status == MigrationStatus.PostcopyPaused)
                {
                    if (pair.Destination.Status != MigrationStatus.PostcopyPaused) pair.Destination.Core.PausePostcopy();
                    await pair.PausedAsync();
                    pair.Recover();
                }

                await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(5));
            }
        });
        Assert.That(happened, Is.GreaterThan(0));
        pair.CheckMoved();
    }

    // The page comes in its turn.
    [TestCase(FaultPoint.PageRequest, FaultAction.Drop)]
    [TestCase(FaultPoint.PageServe, FaultAction.Drop)]
    [TestCase(FaultPoint.PageServe, FaultAction.OtherPage)]
    public void A_request_that_is_lost_or_answered_wrongly_makes_a_page_late(FaultPoint point, FaultAction action)
    {
        long usual = TimeOfLastPage(_ => { });
        long late = TimeOfLastPage(pair => (point == FaultPoint.PageRequest ? pair.Destination : pair.Source).Core.Faults.Set(new() { Point = point, Action = action }));
        Assert.That(usual, Is.LessThan(100));
        Assert.That(late, Is.GreaterThan(500));
    }

    [TestCase(FaultPoint.Setup, FaultAction.Drop)]
    [TestCase(FaultPoint.PageRequest, FaultAction.OtherPage)]
    public void Such_faults_are_of_certain_points(FaultPoint point, FaultAction action)
    {
        using MigrationPair pair = PostcopyMachines.Slow();
        Assert.That(
            () => pair.Source.Core.Faults.Set(new() { Point = point, Action = action }),
            Throws.TypeOf<MigrationException>().With.Message.EqualTo($"'{action.ToWireName()}' is no fault of '{point.ToWireName()}'"));
        Assert.That(pair.Source.Core.Faults.Query(), Is.Empty);
    }

    // How many milliseconds the guest waits for it.
    private static long TimeOfLastPage(Action<MigrationPair> prepare)
    {
        long took = 0;
        using MigrationPair pair = PostcopyMachines.Slow(parameters: new() { MaxPostcopyBandwidth = 2 << 20 });
        prepare(pair);
        pair.Fill(1).Migrate(async () =>
        {
            await pair.FollowAsync();
            long start = pair.Timeline.NowMilliseconds;
            await pair.TouchAsync(pair.Source.Machine.Memory.Blocks[0].Pages - 1);
            took = pair.Timeline.NowMilliseconds - start;
        });
        pair.CheckMoved();
        return took;
    }
}
