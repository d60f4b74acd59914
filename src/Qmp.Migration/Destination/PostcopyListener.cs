using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Destination;

/// <summary>Reads the main stream beside the devices' state and the guest: the pages that follow it.</summary>
/// <remarks>
/// Runs on an activity of its own, <c>mig/dst/listen</c>. What goes wrong before the guest may run fails the load. After that the
/// guest is nowhere else, so it pauses until a source connects anew.
/// </remarks>
internal sealed class PostcopyListener(DestinationAttempt attempt, StreamLoader loader)
{
    public async ValueTask RunAsync()
    {
        while (true)
        {
            try
            {
                await loader.LoadRestAsync();
                await DrainAsync();
                loader.Postcopy.End();
                return;
            }
            catch (Exception e)
            {
                if (loader.Postcopy.TryFail())
                {
                    attempt.Fail(e);
                    attempt.Channels.Shutdown();
                    return;
                }

                if (attempt.IsStopped || attempt.HasFailed || !await PauseAsync(e)) return;
            }
        }
    }

    // A page that was asked for may be on its way over its own channel when the main one has come to its end.
    private async ValueTask DrainAsync()
    {
        if (attempt.Preempt is not { } preempt) return;
        bool isServed = await loader.Postcopy.Missing.DrainAsync(attempt.Interruption, () => preempt.IsOver || attempt.IsStopped);
        if (!isServed) throw new LoadException(Errno.InputOutput, "The channel of requested pages ended before the last of them");
    }

    // False if the machine ends.
    private async ValueTask<bool> PauseAsync(Exception e)
    {
        attempt.LogReason(e);
        loader.Disconnect();
        attempt.Channels.Retire();
        attempt.Logger.Error("Detected IO failure for postcopy. Migration paused.");
        attempt.State.TryMoveFromAny(MigrationStatus.PostcopyPaused);
        while (!attempt.IsStopped)
        {
            if (attempt.Recovery is not { } listener)
            {
                await attempt.Interruption.WaitAsync();
                continue;
            }

            IMigrationChannel? channel = await attempt.AcceptAsync(listener);
            attempt.EndRecovery(listener, hasCome: channel is not null);
            if (channel is null || !attempt.Channels.TryAdd(channel)) continue;
            attempt.State.Move(MigrationStatus.PostcopyPaused, MigrationStatus.PostcopyRecover);
            if (!await TryReachAsync()) continue;
            loader.Reconnect(channel);
            return true;
        }

        return false;
    }

    // A fault there is a loss of the new connection.
    private async ValueTask<bool> TryReachAsync()
    {
        try
        {
            await attempt.Faults.Site.AtAsync(FaultPoint.Recover);
            return true;
        }
        catch (FaultException e)
        {
            attempt.LogReason(e);
            attempt.Channels.Retire();
            attempt.State.TryMoveFromAny(MigrationStatus.PostcopyPaused);
            return false;
        }
    }
}
