using Qmp.Machine.Time;
using Qmp.Types;

namespace Qmp.Migration.Destination;

/// <summary>Lets the guest run here before its memory, and waits until that is here, too.</summary>
/// <param name="attempt">The attempt.</param>
/// <param name="listening">Reads the pages that follow.</param>
internal sealed class FollowPhase(DestinationAttempt attempt, Activity listening) : DestinationPhase
{
    public override async ValueTask<DestinationPhase?> RunAsync()
    {
        await attempt.AtAsync(FaultPoint.Start);
        if (!attempt.IsStopped)
        {
            attempt.State.TryMove(MigrationStatus.PostcopyDevice, MigrationStatus.PostcopyActive);
            await new GuestEntry(attempt).RunAsync();
        }

        await listening.JoinAsync();
        if (attempt.IsStopped || attempt.HasFailed) return null;
        attempt.State.Move(MigrationStatus.PostcopyActive, MigrationStatus.Completed);
        await attempt.AtOrCutAsync(FaultPoint.CompletionDone);
        return null;
    }
}
