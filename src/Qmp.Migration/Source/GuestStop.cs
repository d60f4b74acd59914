using Qmp.Migration.Channels;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Stops the guest so that it can be handed over, and waits where clients want to be waited for.</summary>
internal sealed class GuestStop(SourceAttempt attempt, SourceLink link)
{
    /// <returns>False when cancelled.</returns>
    public async ValueTask<bool> RunAsync()
    {
        await attempt.AtAsync(FaultPoint.Stop);
        await WaitForRefusalAsync();

        // A destination that cannot be heard is not given the guest.
        if (link.ReturnPath?.Loss is { } lost) throw new MigrationException(lost);
        if (!attempt.Handover.HasBegun) await attempt.StopGuestAsync();
        await attempt.AtAsync(FaultPoint.StopDone);
        if (!await PassPreSwitchoverAsync()) return false;
        await attempt.Handover.ReleaseStorageAsync();
        attempt.Limiter.Lift();
        return true;
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
