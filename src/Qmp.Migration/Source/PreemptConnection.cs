using Qmp.Migration.Channels;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Connects the channel for pages that the destination asks for, where one is wanted.</summary>
/// <remarks>
/// A destination takes the first connection for the main stream. It is heard over that first, so that the two are not mistaken
/// for each other. For machines of releases up to 7.2 the channel is there from the beginning.
/// </remarks>
internal sealed class PreemptConnection(SourceAttempt attempt, SourceLink link)
{
    /// <summary>Connects.</summary>
    /// <returns>False when cancelled.</returns>
    /// <exception cref="MigrationException">It cannot be connected, or the destination is gone.</exception>
    public async ValueTask<bool> OpenAsync()
    {
        if (!attempt.Options.Has(MigrationCapability.PostcopyPreempt)) return true;
        MigrationStatus status = attempt.State.Current;
        while (!attempt.Options.PreemptsEarly && !attempt.Postcopy.IsAnswered)
        {
            if (attempt.State.Current != status) return false;
            if (link.ReturnPath is { IsEnded: true } ended) throw new MigrationException(ended.Error ?? ReturnPathActivity.EndedWithoutAnswer);
            await attempt.Waker.WaitAsync();
        }

        return attempt.Channels.Find(ChannelRole.Preempt) is not null || await ConnectAsync();
    }

    private async ValueTask<bool> ConnectAsync()
    {
        try
        {
            await attempt.AtAsync(FaultPoint.PreemptConnect);
            if (await new SourceConnections(attempt).OpenAsync(ChannelRole.Preempt) is not { } channel) return false;
            attempt.Postcopy.Pages!.Preempt(channel);
            await attempt.AtAsync(FaultPoint.PreemptConnectDone);
            return true;
        }
        catch (ChannelException e)
        {
            attempt.Blame(e.Message);
            throw new MigrationException("postcopy_start: Failed to establish preempt channel");
        }
    }
}
