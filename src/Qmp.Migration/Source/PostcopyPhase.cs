using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Sends memory behind a guest that runs at the destination: what it waits for, and all else as the rate allows.</summary>
/// <remarks>
/// A newer release's destination says when it has loaded the devices. Up to then a failure leaves the guest here; after that, a
/// lost connection is a pause, until everything has been sent: who does not hear then that the destination has it all has failed.
/// </remarks>
internal sealed class PostcopyPhase(SourceAttempt attempt, SourceLink link) : SourcePhase
{
    public override async ValueTask<SourcePhase?> RunAsync()
    {
        try
        {
            while (attempt.State.IsInPostcopy && !await TurnAsync()) await KeepToRateAsync();
            if (attempt.State.IsInPostcopy) await CompleteAsync();
            return null;
        }
        catch (Exception e) when (attempt.Handover.IsGone && attempt.State.IsInPostcopy)
        {
            return new PausedPhase(attempt, link, e);
        }
    }

    // True if what is left can be sent at once.
    private async ValueTask<bool> TurnAsync()
    {
        CheckReturnPath();
        if (attempt.Limiter.Exceeded(attempt.Statistics.Transferred) && !link.Context.Postcopy.HasRequests) return false;
        ulong left = link.Stream.Pending.Estimate().Total;
        if (left == 0 || left < attempt.Bandwidth.ThresholdSize) return true;
        await link.Stream.IterateBehindAsync();
        attempt.Postcopy.Released?.Release();
        return false;
    }

    private async ValueTask KeepToRateAsync()
    {
        long now = attempt.Now;
        if (!attempt.ExceedsRate(now) || link.Context.Postcopy.HasRequests) return;
        await attempt.Waker.WaitAsync(TimeSpan.FromMilliseconds(Math.Max(1, attempt.Bandwidth.WindowEnd - now)));
    }

    private async ValueTask CompleteAsync()
    {
        await link.Stream.CompleteBehindAsync();
        attempt.Postcopy.Released?.Release();
        await attempt.AtAsync(FaultPoint.EndDone);
        await attempt.AtAsync(FaultPoint.Shut);
        await link.ReturnPath!.JoinAsync();
        if (link.ReturnPath.Loss is not null) attempt.Handover.IsGone = false; // as QEMU has it, which runs the guest again
        CheckReturnPath();
        await attempt.AtAsync(FaultPoint.ShutDone);

        // Who never says that it has loaded the devices is waited for, as in QEMU.
        while (attempt.State.Current == MigrationStatus.PostcopyDevice) await attempt.Waker.WaitAsync();
        await attempt.EndTransferAsync();
        await attempt.CompleteAsync(MigrationStatus.PostcopyActive);
    }

    private void CheckReturnPath()
    {
        if (link.ReturnPath!.Loss is { } lost) throw new MigrationException(lost);
    }
}
