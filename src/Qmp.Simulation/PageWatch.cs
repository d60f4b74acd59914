using Qmp.Migration.Postcopy;
using Qmp.Types;

namespace Qmp.Simulation;

/// <summary>Notes how long a destination waits for the pages of its guest.</summary>
internal sealed class PageWatch
{
    private readonly List<TimeSpan> _all = [];
    private PageWaits _latest = PageWaits.None;

    /// <summary>How many accesses have found their page missing.</summary>
    public long Faults => _latest.Faults;

    /// <summary>How many wait.</summary>
    public int Waiting => _latest.Waiting;

    /// <summary>The median of the waits that ended between the latest two looks; zero if none did.</summary>
    public TimeSpan Median => MedianOf(_latest.Ended);

    /// <summary>The longest of them.</summary>
    public TimeSpan Longest => _latest.Ended.DefaultIfEmpty().Max();

    /// <summary>Takes note of how it stands.</summary>
    public void Look(PageWaits waits)
    {
        _latest = waits;
        _all.AddRange(waits.Ended);
    }

    /// <summary>What it came to.</summary>
    /// <param name="requests">How many pages the source was asked for.</param>
    /// <param name="statuses">The statuses of the migration.</param>
    /// <returns>The numbers, or <see langword="null"/> if the guest never went before its memory.</returns>
    public ScenarioPostcopy? Summarize(long requests, IReadOnlyList<ScenarioStatus> statuses)
    {
        if (!statuses.Any(s => s.Status is MigrationStatus.PostcopyActive or MigrationStatus.PostcopyDevice)) return null;
        var pairs = statuses.Zip(statuses.Skip(1)).ToList();
        return new ScenarioPostcopy
        {
            Faults = Faults,
            Requests = requests,
            MedianUs = Microseconds(MedianOf(_all)),
            LongestUs = Microseconds(_all.DefaultIfEmpty().Max()),
            Pauses = pairs.Count(pair => pair.Second.IsPause && !pair.First.IsRecovery),
            Recoveries = pairs.Count(pair => (pair.First.IsPause || pair.First.IsRecovery) && pair.Second.Status == MigrationStatus.PostcopyActive),
            PausedMs = (long)statuses.Where(s => s.IsPause || s.IsRecovery).Sum(s => s.To - s.From),
        };
    }

    private static TimeSpan MedianOf(IReadOnlyCollection<TimeSpan> waits) =>
        waits.Count == 0 ? TimeSpan.Zero : waits.Order().ElementAt((waits.Count - 1) / 2);

    private static long Microseconds(TimeSpan time) => (long)time.TotalMicroseconds;
}
