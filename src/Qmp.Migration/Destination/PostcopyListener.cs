using Qmp.Migration.Channels;
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

            IMigrationChannel? channel = await listener.AcceptAsync();
            attempt.EndRecovery(listener);
            if (channel is null || !attempt.Channels.TryAdd(channel)) continue;
            attempt.State.Move(MigrationStatus.PostcopyPaused, MigrationStatus.PostcopyRecover);
            loader.Reconnect(channel);
            return true;
        }

        return false;
    }
}
