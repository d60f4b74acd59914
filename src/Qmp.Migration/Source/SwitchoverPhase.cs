using Qmp.Migration.Channels;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Stops the guest, sends what is left, and waits for the destination's word.</summary>
internal sealed class SwitchoverPhase(SourceAttempt attempt, SourceLink link) : SourcePhase
{
    public override async ValueTask<SourcePhase?> RunAsync()
    {
        await attempt.AtAsync(FaultPoint.Stop);
        await WaitForRefusalAsync();

        // A destination that cannot be heard is not given the guest.
        if (link.ReturnPath?.Loss is { } lost) throw new MigrationException(lost);
        if (!attempt.Handover.HasBegun) await attempt.StopGuestAsync();
        await attempt.AtAsync(FaultPoint.StopDone);
        if (!await PassPreSwitchoverAsync()) return null;
        await attempt.Handover.ReleaseStorageAsync();
        attempt.Limiter.Lift();
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
        await attempt.AtAsync(FaultPoint.Completion);
        attempt.Times.Completed(attempt.Now);
        attempt.Bandwidth.Finish(attempt.Statistics.Transferred, attempt.Times.TransferTime);
        attempt.IsFinishing = true;

        // Who asks the destination after this has completed shall find the guest there; a return path has told already.
        if (link.ReturnPath is null) await attempt.Channels.Main.FinishAsync();
        if (attempt.State.TryMove(MigrationStatus.Device, MigrationStatus.Completed))
        {
            await attempt.AtAsync(FaultPoint.CompletionDone);
        }

        return null;
    }

    // False if a device asked for an ack that cannot be waited for any more.
    private async ValueTask<bool> CountStoppedAsync()
    {
        if (!attempt.Options.Rules.PassesAreCounts) return true;
        uint requests = await link.Stream.CountStoppedAsync();
        if (requests == 0) return true;
        attempt.Fail($"Switchover ACK was requested by {requests} devices during switchover");
        return false;
    }

    private async ValueTask WaitForRefusalAsync()
    {
        try
        {
            await link.Refusal.BeforeStoppingAsync();
        }
        catch (ChannelException)
        {
            link.Stream.ReportFailure(); // QEMU would still be sending
            throw;
        }
    }

    // False when cancelled.
    private async ValueTask<bool> PassPreSwitchoverAsync()
    {
        if (!attempt.Options.Has(MigrationCapability.PauseBeforeSwitchover))
        {
            return attempt.State.TryMove(MigrationStatus.Active, MigrationStatus.Device);
        }

        await attempt.AtAsync(FaultPoint.PreSwitchover);
        if (!attempt.State.TryMove(MigrationStatus.Active, MigrationStatus.PreSwitchover)) return false;
        while (!attempt.MayContinue && attempt.State.Current == MigrationStatus.PreSwitchover)
        {
            await attempt.Waker.WaitAsync();
        }

        await attempt.AtAsync(FaultPoint.PreSwitchoverDone);
        return attempt.State.TryMove(MigrationStatus.PreSwitchover, MigrationStatus.Device);
    }
}
