using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Stops the guest and lets the destination have it before its memory.</summary>
internal sealed class HandOverPhase(SourceAttempt attempt, SourceLink link) : SourcePhase
{
    public override async ValueTask<SourcePhase?> RunAsync()
    {
        if (!await new GuestStop(attempt, link).RunAsync()) return null;
        await link.Stream.HandOverAsync();
        attempt.Handover.AllSent = true;
        attempt.Times.HandedOver(attempt.Now);
        MigrationStatus next = MigrationStatus.PostcopyDevice;
        if (!attempt.Options.Rules.AwaitsPackage)
        {
            // All that it needs is on its way, and nobody will say whether it has come.
            attempt.Handover.IsGone = true;
            next = MigrationStatus.PostcopyActive;
        }

        try
        {
            await link.Stream.EndHandOverAsync();
        }
        catch (Exception e) when (attempt.Handover.IsGone && attempt.State.TryMove(MigrationStatus.Device, next))
        {
            return new PausedPhase(attempt, link, e);
        }

        if (!attempt.State.TryMove(MigrationStatus.Device, next)) return null;
        attempt.Limiter.Limit(() => attempt.Options.Parameters.MaxPostcopyBandwidth ?? 0, attempt.Statistics.Transferred);
        return new PostcopyPhase(attempt, link);
    }
}
