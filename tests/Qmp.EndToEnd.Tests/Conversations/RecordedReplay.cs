using Qmp.Conversations;
using Qmp.Conversations.Replay;
using Qmp.Conversations.Targets;
using Qmp.Interop.Emulators;
using Qmp.Testing;

namespace Qmp.EndToEnd.Tests.Conversations;

/// <summary>Replays recordings, every byte compared: in this process, or with the program that the environment names.</summary>
internal static class RecordedReplay
{
    // Patient, as machines may be busy: only what fails waits to the end.
    private static readonly ReplayOptions Options = new()
    {
        Time = TimeProvider.System, CompareBytes = true, Wait = TimeSpan.FromSeconds(30),
    };

    // Most that fail have no right answer to wait for.
    private static readonly ReplayOptions Impatient = Options with
    {
        Wait = TimeSpan.FromSeconds(1),
        Poll = TimeSpan.FromSeconds(1),
    };

    // Of a conversation that races.
    private const int Attempts = 5;

    /// <summary>Passes if the conversation does or, for a pending one, if it does not.</summary>
    public static async Task CheckAsync(Conversation conversation)
    {
        bool isPending = Recordings.Pending.Contains(conversation.FullName);
        IEmulatorTarget target = EmulatorPrograms.NamedQmpd is { } program
            ? new ProcessTarget(program)
            : new InProcessTarget(TimeProvider.System);
        var replayer = new ConversationReplayer(target, isPending ? Impatient : Options);
        ReplayResult result = await replayer.ReplayAsync(conversation);
        for (int attempt = 1; attempt < Attempts && !result.Passed && Recordings.Racing.Contains(conversation.FullName); attempt++)
        {
            result = await replayer.ReplayAsync(conversation);
        }

        if (isPending)
        {
            Assert.That(result.Passed, Is.False, "It passes: take it off Recordings/pending.txt.");
            return;
        }

        Assert.That(result.Passed, Is.True, () => $"{result.Detail}\n{string.Join('\n', result.Transcript)}");
    }
}
