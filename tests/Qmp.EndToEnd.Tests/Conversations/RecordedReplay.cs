using Qmp.Conversations;
using Qmp.Conversations.Replay;
using Qmp.Testing;

namespace Qmp.EndToEnd.Tests.Conversations;

/// <summary>Replays recordings in this process, every byte compared.</summary>
internal static class RecordedReplay
{
    private static readonly ReplayOptions Options = new() { Time = TimeProvider.System, CompareBytes = true };

    // Most that fail have no right answer to wait for.
    private static readonly ReplayOptions Impatient = Options with
    {
        Wait = TimeSpan.FromSeconds(1),
        Poll = TimeSpan.FromSeconds(1),
    };

    /// <summary>Passes if the conversation does or, for a pending one, if it does not.</summary>
    public static async Task CheckAsync(Conversation conversation)
    {
        bool isPending = Recordings.Pending.Contains(conversation.FullName);
        var replayer = new ConversationReplayer(
            new InProcessTarget(TimeProvider.System), isPending ? Impatient : Options);
        ReplayResult result = await replayer.ReplayAsync(conversation);
        if (isPending)
        {
            Assert.That(result.Passed, Is.False, "It passes: take it off Recordings/pending.txt.");
            return;
        }

        Assert.That(result.Passed, Is.True, () => $"{result.Detail}\n{string.Join('\n', result.Transcript)}");
    }
}
