using Microsoft.Extensions.Time.Testing;

namespace Qmp.Client.Tests.Support;

/// <summary>A clock that moves when a test says so, and that tells when somebody waits for it.</summary>
internal sealed class ManualTime() : FakeTimeProvider(DateTimeOffset.UnixEpoch)
{
    private readonly Lock _gate = new();

    // All guarded by _gate.
    private readonly List<WatchedTimer> _running = [];
    private readonly List<(Func<bool> IsMet, TaskCompletionSource Met)> _waits = [];
    private int _started;

    public TimeSpan Elapsed => GetUtcNow() - DateTimeOffset.UnixEpoch;

    /// <summary>Ends when so many timers have been started since the beginning.</summary>
    public Task WhenStarted(int count) => When(() => _started >= count);

    /// <summary>Ends when a timer is running that is due in such a time.</summary>
    public Task WhenPending(Func<TimeSpan, bool> isDueIn) => When(() => _running.Any(t => isDueIn(t.Due - Elapsed)));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(this);
        timer.Start(
            base.CreateTimer(
                _ =>
                {
                    Note(timer, Timeout.InfiniteTimeSpan);
                    callback(state);
                },
                null,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan),
            dueTime,
            period);
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

    private void Note(WatchedTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            _running.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan) return;
            timer.Due = Elapsed + dueTime;
            _running.Add(timer);
            _started++;
            foreach ((Func<bool> isMet, TaskCompletionSource met) in _waits)
            {
                if (isMet()) met.TrySetResult();
            }
        }
    }

    private sealed class WatchedTimer(ManualTime time) : ITimer
    {
        private ITimer _timer = null!;

        public TimeSpan Due { get; set; }

        public void Start(ITimer timer, TimeSpan dueTime, TimeSpan period)
        {
            _timer = timer;
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool changed = _timer.Change(dueTime, period);
            time.Note(this, changed ? dueTime : Timeout.InfiniteTimeSpan);
            return changed;
        }

        public void Dispose()
        {
            time.Note(this, Timeout.InfiniteTimeSpan);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
