namespace Qmp.Client.Tests.Support;

/// <summary>A clock that moves when a test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();

    // All guarded by _gate.
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(Func<bool> IsMet, TaskCompletionSource Met)> _waits = [];
    private TimeSpan _elapsed;
    private int _started;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate) return _elapsed;
        }
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Elapsed;

    public override long GetTimestamp() => Elapsed.Ticks;

    /// <summary>Moves the clock and fires what is due, in order.</summary>
    public void Advance(TimeSpan by)
    {
        TimeSpan until;
        lock (_gate) until = _elapsed + by;
        while (true)
        {
            ManualTimer? next;
            lock (_gate)
            {
                next = _timers.Where(t => t.Due <= until).MinBy(t => t.Due);
                _elapsed = next?.Due ?? until;
                if (next is not null) _timers.Remove(next);
            }

            if (next is null) return;
            next.Fire();
        }
    }

    /// <summary>Ends when so many timers have been started since the beginning.</summary>
    public Task WhenStarted(int count) => When(() => _started >= count);

    /// <summary>Ends when a timer is running that is due in such a time.</summary>
    public Task WhenPending(Func<TimeSpan, bool> isDueIn) => When(() => _timers.Any(t => isDueIn(t.Due - _elapsed)));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private Task When(Func<bool> isMet)
    {
        lock (_gate)
        {
            if (isMet()) return Task.CompletedTask;
            var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((isMet, met));
            return met.Task.Guarded();
        }
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = time._elapsed + dueTime;
                time._timers.Add(this);
                time._started++;
                foreach ((Func<bool> isMet, TaskCompletionSource met) in time._waits)
                {
                    if (isMet()) met.TrySetResult();
                }

                return true;
            }
        }

        public void Fire() => callback(state);

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
