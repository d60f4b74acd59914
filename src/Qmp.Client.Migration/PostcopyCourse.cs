using Qmp.Types;

namespace Qmp.Client.Migration;

/// <summary>What has happened to a migration in postcopy.</summary>
internal sealed class PostcopyCourse
{
    private bool _isPaused;

    /// <summary>Whether the guest has gone.</summary>
    public bool WentAhead { get; private set; }

    /// <summary>Pauses so far.</summary>
    public int Pauses { get; private set; }

    private int Recoveries { get; set; }

    /// <summary>Takes note of a pause.</summary>
    public void Pause()
    {
        WentAhead = true;
        _isPaused = true;
        Pauses++;
    }

    /// <summary>Takes note of a status other than a pause, as often as one likes.</summary>
    public void Note(MigrationStatus? status)
    {
        WentAhead |= status == MigrationStatus.PostcopyActive;
        if (!_isPaused || status is not (MigrationStatus.PostcopyActive or MigrationStatus.Completed)) return;
        _isPaused = false;
        Recoveries++;
    }

    /// <summary>The result of such a migration.</summary>
    public MigrationResult Result(MigrationOutcome outcome, MigrationInfo? info) => new(outcome, info?.ErrorDesc, info)
    {
        // Whoever asks now and then may have missed the status.
        WentAhead = WentAhead || (outcome == MigrationOutcome.Completed && info?.Ram is { PostcopyBytes: > 0 }),
        Pauses = Pauses,
        Recoveries = Recoveries,
    };
}
