using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Stops the guest, sends what is left, and waits for the destination's word.</summary>
internal sealed class SwitchoverPhase(SourceAttempt attempt, SourceLink link) : SourcePhase
{
    public override async ValueTask<SourcePhase?> RunAsync()
    {
        if (!await new GuestStop(attempt, link).RunAsync()) return null;
        if (!await CountStoppedAsync()) return null;
        await link.Stream.CompleteAsync();
        attempt.Handover.AllSent = true;
        await attempt.AtAsync(FaultPoint.EndDone);
        await attempt.AtAsync(FaultPoint.Shut);
        if (link.ReturnPath is { } returnPath)
        {
            await returnPath.JoinAsync();
            if (returnPath.Error is { } error) throw new MigrationException(error);
        }

        await attempt.AtAsync(FaultPoint.ShutDone);
        await attempt.EndTransferAsync();

        // Who asks the destination after this has completed shall find the guest there; a return path has told already.
        if (link.ReturnPath is null) await attempt.Channels.Main.FinishAsync();
        await attempt.CompleteAsync(MigrationStatus.Device);

        return null;
    }

    // False if a device asked for an ack that cannot be waited for any more.
    private async ValueTask<bool> CountStoppedAsync()
    {
        if (!attempt.Options.Rules.PassesAreCounts) return true;
        uint requests = await link.Stream.Pending.CountStoppedAsync();
        if (requests == 0) return true;
        attempt.Fail($"Switchover ACK was requested by {requests} devices during switchover");
        return false;
    }
}
