using Qmp.Conversations.Matching;

namespace Qmp.Conversations.Replay;

/// <summary>Waits for a message and compares it with the recorded one.</summary>
/// <remarks>
/// Replies keep their order among themselves, and so do events. An event that a command raises itself comes before
/// its reply; others may come anywhere among the replies.
/// </remarks>
internal sealed class ReplyExpectation(ReplayState state)
{
    /// <summary>A recording that waited so long says nothing more.</summary>
    private static readonly TimeSpan LongestRecordedWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskAgainPeriod = TimeSpan.FromMilliseconds(30);

    private readonly ReplyComparer _comparer = new(state.Texts, state.Options.CompareBytes);
    private readonly IReadOnlySet<int> _fixedPlaces = EventOrder.FixedPlaces(state.Conversation.Steps);

    /// <summary>How long to wait for what the recording waited for so long.</summary>
    public TimeSpan Patience(TimeSpan recorded) =>
        state.Options.Wait + (3 * (recorded < LongestRecordedWait ? recorded : LongestRecordedWait));

    /// <exception cref="DifferenceException">Another message comes than the step expects, or none.</exception>
    public async ValueTask CheckAsync(ReceiveStep step, int index)
    {
        // How many there are depends on time; the end of the conversation looks at their numbers.
        if (step.EventName == MonitorStream.PassEvent) return;
        MonitorStream stream = state.Stream(step);
        bool isEvent = step.EventName is not null;
        bool floats = !isEvent && step.Id is { } id && state.Conversation.FloatingIds.Contains(id);
        Queue<ReceivedMessage> queue = floats ? stream.Floating : isEvent ? stream.Events : stream.Replies;
        ReceivedMessage message = await NextAsync(step, stream, queue, Patience(step.Wait)).ConfigureAwait(false);
        long start = state.Options.Time.GetTimestamp();
        while (_comparer.Compare(step, message, stream.Pretty) is { } difference)
        {
            bool mayChange = state.MovesByItself && !isEvent && stream is { Question: not null, Unanswered: 1 };
            if (!mayChange || state.Options.Time.GetElapsedTime(start) > state.Options.Poll)
            {
                throw new DifferenceException($"{stream.Name}: {difference}");
            }

            state.Note(step, "<-", $"{message.Text.Trim()} (asking again: {difference})");
            await state.Mailbox.WatchAsync(AskAgainPeriod).ConfigureAwait(false);
            await stream.Connection.SendAsync(stream.Question, []).ConfigureAwait(false);
            message = await NextAsync(step, stream, queue, state.Options.Wait).ConfigureAwait(false);
        }

        state.Note(step, "<-", message.Text);
        if (!floats && (!isEvent || _fixedPlaces.Contains(index))) CheckOrder(stream, message);
        if (!isEvent) stream.Unanswered = Math.Max(0, stream.Unanswered - 1);
        if (step.Message is { } recorded && message.Json is { } received) state.Texts.Learn(recorded, received);
    }

    private static void CheckOrder(MonitorStream stream, ReceivedMessage message)
    {
        if (message.Sequence < stream.LastInOrder)
        {
            string early = WireText.Shorten(message.Text.Trim());
            throw new DifferenceException(
                $"{stream.Name}: wrong order: {early} came before the message that it must follow");
        }

        stream.LastInOrder = message.Sequence;
    }

    private async ValueTask<ReceivedMessage> NextAsync(
        ReceiveStep step, MonitorStream stream, Queue<ReceivedMessage> queue, TimeSpan patience)
    {
        await state.Mailbox.UntilAsync(() => queue.Count > 0 || stream.Ended, patience).ConfigureAwait(false);
        if (queue.TryDequeue(out ReceivedMessage? message)) return message;
        string expected = step.Message is { } json ? WireText.Show(json) : WireText.Shorten(step.Raw!);
        string got = stream.Ended ? "the end of the connection" : $"nothing in {ReplayState.Seconds(patience)}";
        string instead = stream.Waiting.FirstOrDefault() is { } other
            ? $"; came instead: {WireText.Shorten(other.Text.Trim())}"
            : "";
        throw new DifferenceException($"{stream.Name}: expected {expected}, got {got}{instead}");
    }
}
