using Qmp.Conversations.Matching;

namespace Qmp.Conversations.Replay;

/// <summary>Looks, at the end of a conversation, for what should not be there.</summary>
internal static class FinalCheck
{
    /// <exception cref="DifferenceException">The emulator sent messages that no step expects.</exception>
    public static void Run(ReplayState state)
    {
        foreach (((string vm, string monitor), MonitorStream stream) in state.Streams)
        {
            ConversationStep[] steps =
                [.. state.Conversation.Steps.Where(s => s.Vm == vm && s.Monitor == monitor)];
            CheckMessages(stream, state.Conversation.AllowsEventsAtEnd);
            if (stream.Ended && !steps.OfType<EndOfStreamStep>().Any())
            {
                throw new DifferenceException($"{stream.Name}: connection closed unexpectedly");
            }

            bool expectsPasses = steps.OfType<ReceiveStep>().Any(s => s.EventName == MonitorStream.PassEvent);
            CheckPasses(stream, expectsPasses, state.Conversation);
        }
    }

    private static void CheckMessages(MonitorStream stream, bool allowsEvents)
    {
        if (stream.Waiting.FirstOrDefault(m => !allowsEvents || m.Event is null) is { } message)
        {
            throw new DifferenceException(
                $"{stream.Name}: unexpected message at the end: {WireText.Shorten(message.Text.Trim())}");
        }

        if (stream.Unfinished.Length > 0)
        {
            throw new DifferenceException(
                $"{stream.Name}: unfinished message at the end: {WireText.Shorten(stream.Unfinished)}");
        }
    }

    private static void CheckPasses(MonitorStream stream, bool expected, Conversation conversation)
    {
        if (!expected && !conversation.AllowsEventsAtEnd && stream.Passes.Count > 0)
        {
            throw new DifferenceException($"{stream.Name}: unexpected {MonitorStream.PassEvent} event");
        }

        if (expected && stream.Passes.Count == 0)
        {
            throw new DifferenceException($"{stream.Name}: no {MonitorStream.PassEvent} event came");
        }

        // From the first on, and again from there with each migration.
        long? last = null;
        foreach (long pass in stream.Passes)
        {
            bool isNext = last is { } before ? pass == before + 1 : conversation.FirstPass is null;
            if (!isNext && pass != conversation.FirstPass)
            {
                throw new DifferenceException(
                    $"{stream.Name}: {MonitorStream.PassEvent} numbers {string.Join(", ", stream.Passes)}");
            }

            last = pass;
        }
    }
}
