using System.Diagnostics;

namespace Qmp.Machine.Time;

/// <summary>Virtual time: all activities on one thread, in the order of (virtual time, sequence).</summary>
/// <remarks>
/// Time stands still while an activity runs and jumps to the next thing that is due when none can. Nothing here is
/// safe for a second thread, on purpose: one order of events is the point.
/// </remarks>
public sealed class VirtualTimeline : Timeline
{
    private readonly PriorityQueue<Due, (long At, long Sequence)> _queue = new();
    private readonly VirtualClock _clock;
    private long _sequence;
    private int _live;

    /// <summary>A timeline that starts at <paramref name="epoch"/>.</summary>
    public VirtualTimeline(DateTimeOffset epoch) => _clock = new VirtualClock(this, epoch);

    /// <summary>A timeline that starts at 2020-01-01 00:00 UTC.</summary>
    public VirtualTimeline()
        : this(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Something that becomes due; <c>Due(token)</c> finds out whether that still matters.</summary>
    internal interface IDue
    {
        void Due(long token);
    }

    /// <inheritdoc/>
    public override TimeProvider Clock => _clock;

    /// <summary>Nanoseconds since the start.</summary>
    public long Elapsed { get; private set; }

    /// <summary>How many activities have not ended.</summary>
    public int LiveActivities => _live;

    /// <inheritdoc/>
    public override Activity Start(string name, Func<ValueTask> body)
    {
        _live++;
        return new VirtualActivity(this, name, body);
    }

    /// <inheritdoc/>
    public override Waker CreateWaker() => new VirtualWaker(this);

    /// <summary>Runs <paramref name="body"/> as an activity, and all others with it, until it ends.</summary>
    /// <exception cref="InvalidOperationException">All activities wait, and nothing is due.</exception>
    public void Run(Func<ValueTask> body)
    {
        var main = new VirtualActivity(this, "main", body, keepFailure: true);
        _live++;
        WithoutContext(() =>
        {
            while (!main.IsEnded)
            {
                if (!Step()) throw new InvalidOperationException("All activities wait, and nothing is due.");
            }
        });
        main.ThrowIfFailed();
    }

    /// <summary>Runs what is due until nothing is, or until <paramref name="limit"/> has passed.</summary>
    public void RunUntilIdle(TimeSpan limit)
    {
        long end = Elapsed + (long)limit.TotalNanoseconds;
        WithoutContext(() =>
        {
            while (_queue.TryPeek(out _, out (long At, long Sequence) next) && next.At <= end) Step();
        });
    }

    /// <summary>Runs what is due next, under the caller's synchronization context.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool RunNext() => Step();

    /// <summary>Makes <paramref name="item"/> due after <paramref name="delay"/> nanoseconds.</summary>
    internal void Schedule(IDue item, long token, long delay)
    {
        Debug.Assert(delay >= 0);
        _queue.Enqueue(new Due(item, token), (Elapsed + delay, _sequence++));
    }

    internal void Ended() => _live--;

    // A synchronization context, such as a test runner's, would take continuations to threads of its own.
    private static void WithoutContext(Action run)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            run();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private bool Step()
    {
        if (!_queue.TryDequeue(out Due due, out (long At, long Sequence) key)) return false;
        Elapsed = key.At;
        due.Item.Due(due.Token);
        return true;
    }

    private readonly record struct Due(IDue Item, long Token);
}
