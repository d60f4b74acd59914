using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Qmp.Machine.Time;

/// <summary>Suspends the waiting activity until it is woken or its virtual time is up.</summary>
internal sealed class VirtualWaker : Waker, VirtualTimeline.IDue, IValueTaskSource<bool>
{
    private readonly VirtualTimeline _timeline;
    private ManualResetValueTaskSourceCore<bool> _core;
    private long _wait; // counts waits, so that what is due for an older one is ignored
    private bool _waiting;
    private bool _resuming;
    private bool _woken;

    public VirtualWaker(VirtualTimeline timeline) => _timeline = timeline;

    public override void Wake()
    {
        _woken = true;
        if (!_waiting || _resuming) return;

        // The woken activity gets a turn of its own: the one that wakes it continues first.
        _resuming = true;
        _timeline.Schedule(this, _wait, 0);
    }

    public override ValueTask<bool> WaitAsync(TimeSpan timeout)
    {
        Debug.Assert(!_waiting, "one activity waits at a time");
        if (_woken)
        {
            _woken = false;
            return new ValueTask<bool>(true);
        }

        _core.Reset();
        _wait++;
        _waiting = true;
        _resuming = false;
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            _timeline.Schedule(this, _wait, Math.Max(0, (long)timeout.TotalNanoseconds));
        }

        return new ValueTask<bool>(this, _core.Version);
    }

    public void Due(long token)
    {
        if (!_waiting || token != _wait) return;
        _waiting = false;
        bool woken = _woken;
        _woken = false;
        _core.SetResult(woken);
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
