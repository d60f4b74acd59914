using Qmp.Types;

namespace Qmp.Simulation;

/// <summary>A status that the source's migration had for a while.</summary>
/// <param name="Status">The status.</param>
/// <param name="From">When it began, in milliseconds from the beginning of the migration.</param>
/// <param name="To">When the next one began, or the scenario ended.</param>
public sealed record ScenarioStatus(MigrationStatus Status, double From, double To)
{
    /// <summary>Whether the connection was lost in postcopy, and nothing is under way to go on.</summary>
    public bool IsPause => Status == MigrationStatus.PostcopyPaused;

    /// <summary>Whether the two ends agree over another connection how to go on in postcopy.</summary>
    public bool IsRecovery => Status is MigrationStatus.PostcopyRecoverSetup or MigrationStatus.PostcopyRecover;

    /// <summary>The statuses of a run in order: by the source's events, or, where it tells none, by what was seen of it.</summary>
    internal static IReadOnlyList<ScenarioStatus> Of(IReadOnlyList<ScenarioMessage> messages, IReadOnlyList<ScenarioSample> samples)
    {
        List<(double At, MigrationStatus Status)> changes = [];
        foreach (ScenarioMessage message in messages)
        {
            if (message is not { On: ScenarioEnd.Source, EventName: "MIGRATION" }) continue;
            if (MigrationStatusExtensions.TryParse((string)message.Body["data"]!["status"]!, out MigrationStatus status)) changes.Add((message.Milliseconds, status));
        }

        if (changes.Count == 0) changes = [.. samples.Where(s => s.Status != MigrationStatus.None).Select(s => (s.Milliseconds, s.Status))];
        double end = samples.Count > 0 ? samples[^1].Milliseconds : 0;
        var statuses = new List<ScenarioStatus>();
        foreach ((double at, MigrationStatus status) in changes)
        {
            if (statuses.Count > 0)
            {
                if (statuses[^1].Status == status) continue;
                statuses[^1] = statuses[^1] with { To = at };
            }

            statuses.Add(new ScenarioStatus(status, at, Math.Max(at, end)));
        }

        return statuses;
    }
}
