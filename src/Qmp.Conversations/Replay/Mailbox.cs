using System.Globalization;
using System.Threading.Channels;

namespace Qmp.Conversations.Replay;

/// <summary>Brings what happens elsewhere to the one flow that replays, and lets it wait for that.</summary>
/// <param name="time">Times the waits.</param>
/// <param name="limit">How long all of it may take.</param>
internal sealed class Mailbox(TimeProvider time, TimeSpan limit)
{
    /// <summary>How much longer than recorded a pause may get by messages that come in it.</summary>
    private static readonly TimeSpan LongestExtension = TimeSpan.FromSeconds(1);

    private readonly Channel<Action> _posted = Channel.CreateUnbounded<Action>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly long _start = time.GetTimestamp();
    private long _lastMessage = time.GetTimestamp();

    /// <summary>Notes that a message came, which makes a pause longer. Called by what was posted.</summary>
    public void NoteMessage() => _lastMessage = time.GetTimestamp();

    /// <summary>Has the replaying flow do something, from any thread.</summary>
    public void Post(Action action) => _posted.Writer.TryWrite(action);

    /// <summary>Waits until a condition holds.</summary>
    /// <returns>Whether it did in time.</returns>
    /// <exception cref="DifferenceException">The replay as a whole takes too long.</exception>
    public async ValueTask<bool> UntilAsync(Func<bool> condition, TimeSpan patience)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            Deliver();
            if (condition()) return true;
            TimeSpan left = patience - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                CheckLimit();
                return false;
            }

            await WaitAsync(left).ConfigureAwait(false);
        }
    }

    /// <summary>Delivers what comes within a time.</summary>
    public async ValueTask WatchAsync(TimeSpan duration) =>
        await UntilAsync(() => false, duration).ConfigureAwait(false);

    /// <summary>Stands for a recorded pause: waits for a moment without messages.</summary>
    /// <param name="gap">How long the pause was.</param>
    /// <param name="enough">A silence that is long enough, if that is less.</param>
    public async ValueTask PauseAsync(TimeSpan gap, TimeSpan enough)
    {
        TimeSpan needed = gap < enough ? gap : enough;
        long start = time.GetTimestamp();
        while (true)
        {
            Deliver();
            TimeSpan left = needed - time.GetElapsedTime(Math.Max(start, _lastMessage));
            if (left <= TimeSpan.Zero || time.GetElapsedTime(start) > gap + LongestExtension) return;
            await WaitAsync(left).ConfigureAwait(false);
        }
    }

    /// <summary>What is left of the time that all of it may take.</summary>
    public TimeSpan Left()
    {
        TimeSpan left = limit - time.GetElapsedTime(_start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Deliver()
    {
        while (_posted.Reader.TryRead(out Action? action)) action();
    }

    private void CheckLimit()
    {
        if (Left() > TimeSpan.Zero) return;
        throw new DifferenceException(
            string.Create(CultureInfo.InvariantCulture, $"case timeout ({limit.TotalSeconds:g} s)"));
    }

    private async ValueTask WaitAsync(TimeSpan patience)
    {
        CheckLimit();
        TimeSpan left = Left();
        using var timeout = new CancellationTokenSource(patience < left ? patience : left, time);
        try
        {
            await _posted.Reader.WaitToReadAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The caller looks at the clock.
        }
    }
}
