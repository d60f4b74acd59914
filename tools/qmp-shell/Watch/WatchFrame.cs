using Qmp.Client.Migration;
using Qmp.Types;

namespace Qmp.Shell.Watch;

/// <summary>What is shown at one moment.</summary>
/// <param name="Progress">How far it is.</param>
/// <param name="PassBytes">What the pass under way had to send when it began, in bytes.</param>
/// <param name="Gate">What the switchover waits for.</param>
internal sealed record WatchFrame(MigrationProgress Progress, long PassBytes, string Gate)
{
    /// <summary>Whether there is nothing more to come.</summary>
    public bool IsOver => Progress.Status is MigrationStatus.Completed or MigrationStatus.Failed
        or MigrationStatus.Cancelled or MigrationStatus.PostcopyPaused;

    /// <summary>The part of the pass that has been sent, from 0 to 1.</summary>
    public double PassDone =>
        PassBytes <= 0 ? 0 : Math.Clamp(1 - ((double)Progress.RemainingBytes / PassBytes), 0, 1);
}
