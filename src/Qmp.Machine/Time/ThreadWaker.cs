namespace Qmp.Machine.Time;

/// <summary>Blocks the waiting thread.</summary>
internal sealed class ThreadWaker : Waker
{
    private readonly TimeProvider _clock;
    private readonly object _gate = new(); // guards _woken; a Monitor, because Lock cannot wait
    private bool _woken;

    public ThreadWaker(TimeProvider clock) => _clock = clock;

    public override void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    public override ValueTask<bool> WaitAsync(TimeSpan timeout)
    {
        long start = _clock.GetTimestamp();
        lock (_gate)
        {
            while (!_woken)
            {
                if (timeout == Timeout.InfiniteTimeSpan)
                {
                    Monitor.Wait(_gate);
                    continue;
                }

                TimeSpan left = timeout - _clock.GetElapsedTime(start);
                if (left <= TimeSpan.Zero) return new ValueTask<bool>(false);

                // Whole milliseconds, rounded up: waking early would only wait again.
                Monitor.Wait(_gate, (int)Math.Min(int.MaxValue, Math.Ceiling(left.TotalMilliseconds)));
            }

            _woken = false;
            return new ValueTask<bool>(true);
        }
    }
}
