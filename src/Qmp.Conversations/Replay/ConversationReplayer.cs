using Qmp.Conversations.Targets;

namespace Qmp.Conversations.Replay;

/// <summary>Has recorded conversations again and compares what emulators say.</summary>
/// <param name="target">What starts the emulators.</param>
/// <param name="options">How it is done.</param>
/// <remarks>
/// Conversations may be replayed side by side, unless they use fixed ports
/// (<see cref="Conversation.UsesFixedPorts"/>).
/// </remarks>
public sealed class ConversationReplayer(IEmulatorTarget target, ReplayOptions options)
{
    /// <summary>Replays a conversation in a fresh folder, which is removed afterwards.</summary>
    public async Task<ReplayResult> ReplayAsync(Conversation conversation)
    {
        string folder = Path.Combine(options.TemporaryFolder, $"qr.{Guid.NewGuid():N}"[..11]);
        Directory.CreateDirectory(folder);
        try
        {
            if (conversation.Preparation is { } preparation)
            {
                ReplayResult prepared = await ReplayAsync(preparation, folder).ConfigureAwait(false);
                if (!prepared.Passed) return prepared with { Detail = $"preparation: {prepared.Detail}" };
            }

            return await ReplayAsync(conversation, folder).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<ReplayResult> ReplayAsync(Conversation conversation, string folder)
    {
        var state = new ReplayState(conversation, options, folder);
        (ReplayOutcome Outcome, string Detail) end = (ReplayOutcome.Passed, "");
        var replay = new ConversationReplay(state, target, folder);
        await using (replay.ConfigureAwait(false))
        {
            try
            {
                await replay.RunAsync().ConfigureAwait(false);
            }
            catch (DifferenceException e)
            {
                end = (ReplayOutcome.Different, e.Message);
            }
            catch (TargetException e)
            {
                end = (ReplayOutcome.NotStarted, e.Message);
            }
        }

        return new ReplayResult(end.Outcome, end.Detail, state.Transcript);
    }
}
