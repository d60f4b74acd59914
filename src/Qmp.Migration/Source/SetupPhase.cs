using Qmp.Migration.Channels;
using Qmp.Migration.Options;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Sends what comes before the first page.</summary>
internal sealed class SetupPhase(SourceAttempt attempt) : SourcePhase
{
    public override async ValueTask<SourcePhase?> RunAsync()
    {
        long start = attempt.Now;
        var refusal = new RefusalWatch(attempt.Machine.Timeline, attempt.Channels.Main);
        await refusal.BeforeSendingAsync();
        attempt.Multifd?.CheckAlive(); // a channel that has failed by now keeps it from becoming active
        if (attempt.Mode.StopsFirst()) await attempt.StopGuestAsync();
        SourceLink link = attempt.Connect(refusal);
        if (attempt.Options.PreemptsEarly && !await new PreemptConnection(attempt, link).OpenAsync()) return null;
        string? failure = null;
        try
        {
            await link.Stream.BeginAsync(withReturnPath: link.ReturnPath is not null);
        }
        catch (Exception e) when (e is ChannelException or MigrationException)
        {
            failure = e.Message;
        }

        // A setup that failed is active for a moment, as in QEMU.
        attempt.State.TryMove(MigrationStatus.Setup, MigrationStatus.Active);
        if (failure is not null) throw new MigrationException(failure);
        attempt.Times.SetUp(attempt.Now - start);
        return attempt.Options.Has(MigrationCapability.BackgroundSnapshot)
            ? new SnapshotPhase(attempt, link)
            : new PrecopyPhase(attempt, link);
    }
}
