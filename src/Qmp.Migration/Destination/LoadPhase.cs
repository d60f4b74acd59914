using Qmp.Migration.Channels;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Destination;

/// <summary>Loads what the source sends, up to its end.</summary>
internal sealed class LoadPhase(DestinationAttempt attempt) : DestinationPhase
{
    public override async ValueTask<DestinationPhase?> RunAsync()
    {
        StreamLoader loader = attempt.CreateLoader();
        if (attempt.Options.Rules.ActiveOnFirstBytes && attempt.IsConnected && await loader.FindBeginningAsync() is { } wrong)
        {
            attempt.FailBeforeBeginning(wrong);
            return null;
        }

        if (!attempt.State.TryMove(MigrationStatus.Setup, MigrationStatus.Active)) return null; // a channel has failed
        await loader.LoadAsync();
        if (attempt.Listening is { } listening) return new FollowPhase(attempt, listening);
        EndChannels();
        return new TakeOverPhase(attempt);
    }

    // What still comes over them is not for a guest that runs.
    private void EndChannels()
    {
        if (attempt.Multifd is not { } multifd) return;
        if (!multifd.TryEnd()) throw new LoadException(Errno.InputOutput);
        attempt.Channels.Shutdown(ChannelRole.Multifd);
    }
}
