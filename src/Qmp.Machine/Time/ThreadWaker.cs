using Qmp.Linux;

namespace Qmp.Machine.Time;

/// <summary>Blocks the waiting thread.</summary>
internal sealed class ThreadWaker(TimeProvider clock) : Waker
{
    private readonly Futex _futex = new();

    public override void Wake() => _futex.Wake();

    public override ValueTask<bool> WaitAsync(TimeSpan timeout)
    {
        long start = clock.GetTimestamp();
        TimeSpan left = timeout;
        while (!_futex.Wait(left))
        {
            if (timeout == Timeout.InfiniteTimeSpan) continue;
            left = timeout - clock.GetElapsedTime(start);
            if (left <= TimeSpan.Zero) return new ValueTask<bool>(false);
        }

        return new ValueTask<bool>(true);
    }
}
