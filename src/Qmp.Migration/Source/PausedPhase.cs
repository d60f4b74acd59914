using Qmp.Migration.Channels;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Waits for another connection after one was lost in postcopy, and finds out what the destination has not.</summary>
/// <param name="attempt">The attempt.</param>
/// <param name="link">What was on top of the lost connection.</param>
/// <param name="loss">How it was lost.</param>
internal sealed class PausedPhase(SourceAttempt attempt, SourceLink link, Exception loss) : SourcePhase
{
    private SourceLink _link = link;

    public override async ValueTask<SourcePhase?> RunAsync()
    {
        await PauseAsync(loss);
        while (attempt.State.Current is MigrationStatus.PostcopyPaused or MigrationStatus.PostcopyRecoverSetup)
        {
            if (attempt.TakeResumption() is not { } resumption)
            {
                await attempt.Waker.WaitAsync();
            }
            else if (await RecoverAsync(resumption))
            {
                return new PostcopyPhase(attempt, _link);
            }
        }

        return null;
    }

    private async ValueTask PauseAsync(Exception e)
    {
        // Before it is there, what the last connection said is no reason.
        attempt.Blame(attempt.State.Current == MigrationStatus.PostcopyRecoverSetup ? attempt.ReasonOf(e) : await attempt.ReasonOfAsync(e));
        attempt.Channels.Retire();
        if (_link.ReturnPath is { } returnPath) await returnPath.JoinAsync();
        if (!attempt.State.IsInPostcopy) return; // the machine ends
        attempt.Logger.Error("Detected IO failure for postcopy. Migration paused.");
        attempt.State.TryMoveFromAny(MigrationStatus.PostcopyPaused);
    }

    private async ValueTask<bool> RecoverAsync(Resumption resumption)
    {
        try
        {
            IMigrationChannel channel = resumption.Opened
                ?? await attempt.Connector.ConnectAsync(resumption.Address, attempt.Connecting);
            if (await new SourceConnections(attempt).TakeAsync(channel, resumption.Address) is null) return false; // the machine ends
            if (!attempt.State.TryMove(MigrationStatus.PostcopyRecoverSetup, MigrationStatus.PostcopyRecover)) return false;
            attempt.Address = resumption.Address;
            await attempt.AtAsync(FaultPoint.Recover);
            _link = attempt.Reconnect(_link);
            await _link.Stream.AskForBitmapsAsync();
            await WaitAsync(() => _link.Context.Postcopy.HasAllBitmaps);
            if (!await new PreemptConnection(attempt, _link).OpenAsync()) return false;
            await _link.Stream.ResumeAsync();
            await WaitAsync(() => _link.Context.Postcopy.IsResumed);
            await attempt.AtAsync(FaultPoint.RecoverDone);
            return attempt.State.TryMove(MigrationStatus.PostcopyRecover, MigrationStatus.PostcopyActive);
        }
        catch (Exception e)
        {
            if (attempt.State.Current == MigrationStatus.PostcopyRecoverSetup) attempt.Forgive(); // the reason is a new one
            await PauseAsync(e);
            return false;
        }
    }

    private async ValueTask WaitAsync(Func<bool> isThere)
    {
        while (!isThere())
        {
            if (_link.ReturnPath is { IsEnded: true } ended) throw new MigrationException(ended.Error ?? "Return path was shut before it was resumed");
            await attempt.Waker.WaitAsync();
        }
    }
}
