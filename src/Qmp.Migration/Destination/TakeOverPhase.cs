using Qmp.Machine.Time;
using Qmp.Migration.Faults;
using Qmp.Types;

namespace Qmp.Migration.Destination;

/// <summary>Lets the guest run here, or leaves it as it was at the source.</summary>
/// <remarks>The guest starts before the status says completed, and the source is told last.</remarks>
internal sealed class TakeOverPhase(DestinationAttempt attempt) : DestinationPhase
{
    public override async ValueTask<DestinationPhase?> RunAsync()
    {
        await attempt.AtAsync(FaultPoint.Start);
        if (attempt.IsStopped) return null; // a machine that ends starts no guest
        await new GuestEntry(attempt).RunAsync();
        try
        {
            await attempt.AtAsync(FaultPoint.StartDone);
            await attempt.AtAsync(FaultPoint.Completion);
        }
        catch (FaultException)
        {
            // The source will be told that this failed, and its guest runs on.
            using TimelineLock.Hold hold = await attempt.Machine.Lock.EnterAsync();
            await attempt.Machine.StopAsync(RunState.InternalError);
            throw;
        }

        attempt.State.Move(MigrationStatus.Active, MigrationStatus.Completed);
        await attempt.AtOrCutAsync(FaultPoint.CompletionDone);
        return null;
    }
}
