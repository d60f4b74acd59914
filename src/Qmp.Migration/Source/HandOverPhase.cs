using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Stops the guest and lets the destination have it before its memory.</summary>
internal sealed class HandOverPhase(SourceAttempt attempt, SourceLink link) : SourcePhase
{
    public override async ValueTask<SourcePhase?> RunAsync()
    {
        if (!await new PreemptConnection(attempt, link).OpenAsync()) return null;
        if (!await new GuestStop(attempt, link).RunAsync()) return null;
        await link.Stream.HandOverAsync();
        attempt.Handover.AllSent = true;
        attempt.Times.HandedOver(attempt.Now);
        // Where nobody will say whether all that it needs has come, it is the destination's from here on.
        if (!attempt.Options.Rules.AwaitsPackage) attempt.Handover.IsGone = true;
        try
        {
            await attempt.AtAsync(FaultPoint.EndDone);
            await link.Stream.EndHandOverAsync();
        }
        catch (Exception e) when (attempt.Handover.IsGone && TryEnterPostcopy())
        {
            return new PausedPhase(attempt, link, e);
        }

        if (!TryEnterPostcopy()) return null;
        attempt.Limiter.Limit(() => attempt.Options.Parameters.MaxPostcopyBandwidth ?? 0, attempt.Statistics.Transferred);
        return new PostcopyPhase(attempt, link);
    }

    // False when cancelled. The destination may have said that it has loaded the devices before this is reached.
    private bool TryEnterPostcopy()
    {
        if (!attempt.Options.Rules.AwaitsPackage) return attempt.State.TryMove(MigrationStatus.Device, MigrationStatus.PostcopyActive);
        if (!attempt.State.TryMove(MigrationStatus.Device, MigrationStatus.PostcopyDevice)) return false;
        if (attempt.Handover.IsGone) attempt.State.TryMove(MigrationStatus.PostcopyDevice, MigrationStatus.PostcopyActive);
        return true;
    }
}
