using System.Globalization;
using System.Text;

namespace Qmp.Conversations.Replay;

/// <summary>Raises very many events while one client does not read, and counts what that client finds.</summary>
internal sealed class Flood(ReplayState state, FloodStep step)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Afterwards = TimeSpan.FromMilliseconds(100);

    /// <exception cref="DifferenceException">A reply or an event is missing, or one is too many.</exception>
    public async ValueTask RunAsync()
    {
        MonitorStream reader = state.Stream(step);
        MonitorStream sender = state.Streams[(step.Vm, step.CommandMonitor)];
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(step.Text, step.Count)) + "\n");
        int commands = step.Count * CommandTexts.Names(step.Text).Length;
        state.NoteMove(step.Vm);
        reader.Pause();
        for (int i = 1; i <= step.Times; i++)
        {
            await sender.Connection.SendAsync(text, []).ConfigureAwait(false);
            int wanted = i * commands;
            await state.Mailbox.UntilAsync(() => sender.Replies.Count >= wanted || sender.Ended, Patience)
                .ConfigureAwait(false);
            Check(sender, "replies", sender.Replies.Count, wanted);
        }

        if (sender.Replies.Any(reply => reply.Text != "{\"return\": {}}\r\n"))
        {
            throw new DifferenceException($"{sender.Name}: a reply differs from {{\"return\": {{}}}}");
        }

        reader.Resume();
        await state.Mailbox.UntilAsync(() => reader.Events.Count >= step.Events || reader.Ended, Patience)
            .ConfigureAwait(false);
        await state.Mailbox.WatchAsync(Afterwards).ConfigureAwait(false);
        Check(reader, "events", reader.Events.Count, step.Events);
        sender.Replies.Clear();
        sender.Events.Clear();
        reader.Events.Clear();
    }

    private static void Check(MonitorStream stream, string what, int came, int wanted)
    {
        if (came == wanted) return;
        throw new DifferenceException(
            string.Create(CultureInfo.InvariantCulture, $"{stream.Name}: expected {wanted} {what}, got {came}"));
    }
}
