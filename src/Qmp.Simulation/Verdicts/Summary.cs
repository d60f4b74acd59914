using Qmp.Types;

namespace Qmp.Simulation.Verdicts;

/// <summary>Makes the numbers of a run.</summary>
public static class Summary
{
    /// <summary>The numbers of a run.</summary>
    public static ScenarioSummary Of(ScenarioResult result) => Of(result.Source, result.Passes.LastOrDefault()?.Remaining) with
    {
        Throttle = result.Samples.Count > 0 ? result.Samples.Max(sample => sample.Throttle) : 0,
        Postcopy = result.Postcopy,
        Neighbours = result.Neighbours.Count > 0 ? result.Neighbours.Count(n => n.Status == MigrationStatus.Completed) : null,
    };

    /// <summary>The numbers of a migration that was watched.</summary>
    /// <param name="last">What <c>query-migrate</c> answered last.</param>
    /// <param name="throttle">The most percent of the guest's time that was taken away.</param>
    public static ScenarioSummary OfWatched(MigrationInfo last, long throttle) => Of(last, null) with { Throttle = throttle };

    private static ScenarioSummary Of(MigrationInfo info, long? lastPass)
    {
        bool isComplete = info.Status == MigrationStatus.Completed;
        double milliseconds = info.TotalTime ?? 0;
        long transferred = info.Ram?.Transferred ?? 0;
        double bandwidth = milliseconds > 0 ? transferred / milliseconds * 1000 : 0;
        long remaining = isComplete ? 0 : lastPass ?? info.Ram?.Remaining ?? 0;
        return new ScenarioSummary
        {
            Status = info.Status ?? MigrationStatus.None,
            Converges = isComplete,
            TotalTime = (long)milliseconds,
            Downtime = info.Downtime ?? 0,
            Passes = info.Ram?.DirtySyncCount ?? 0,
            Transferred = (ulong)transferred,
            Remaining = (ulong)remaining,
            RemainingTime = bandwidth > 0 ? (long)(remaining / bandwidth * 1000) : 0,
            Bandwidth = (ulong)bandwidth,
            Throttle = 0,
            NormalPages = info.Ram?.Normal ?? 0,
            ZeroPages = info.Ram?.Duplicate ?? 0,
            XbzrlePages = info.XbzrleCache?.Pages ?? 0,
            PostcopyRequests = info.Ram?.PostcopyRequests ?? 0,
        };
    }
}
