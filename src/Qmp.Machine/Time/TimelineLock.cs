namespace Qmp.Machine.Time;

/// <summary>A lock that activities of a timeline, and others, take in turns, in the order of asking.</summary>
/// <remarks>
/// While it is free, a caller takes it at once, on its own thread; else it queues. It may be held across awaits, and
/// released on another thread than the one that took it; a holder never asks for it again.
/// </remarks>
public sealed class TimelineLock
{
    private readonly Timeline _timeline;
    private readonly Lock _gate = new(); // guards _held and _waiting
    private readonly Queue<Action> _waiting = new();
    private bool _held;

    /// <summary>A free lock.</summary>
    public TimelineLock(Timeline timeline) => _timeline = timeline;

    /// <summary>Takes the lock, waiting for it on the timeline if need be.</summary>
    public ValueTask<Hold> EnterAsync() => TryEnter() ? new ValueTask<Hold>(new Hold(this)) : EnterLaterAsync();

    /// <summary>Takes the lock if it is free.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_held) return false;
            return _held = true;
        }
    }

    /// <summary>Takes the lock now, or is called back once it has been handed over.</summary>
    /// <param name="granted">
    /// Called by the thread that releases the lock. It must only wake the new holder, not run its work.
    /// </param>
    /// <returns>Whether the lock was free; the callback is then not called.</returns>
    public bool Enter(Action granted)
    {
        lock (_gate)
        {
            if (!_held) return _held = true;
            _waiting.Enqueue(granted);
            return false;
        }
    }

    /// <summary>Hands the lock to the waiter that has waited longest.</summary>
    public void Exit()
    {
        Action? next;
        lock (_gate)
        {
            if (!_waiting.TryDequeue(out next)) _held = false;
        }

        next?.Invoke();
    }

    private async ValueTask<Hold> EnterLaterAsync()
    {
        Waker waker = _timeline.CreateWaker();
        if (!Enter(waker.Wake)) await waker.WaitAsync();
        return new Hold(this);
    }

    /// <summary>The lock, held until disposed of.</summary>
    public readonly struct Hold : IDisposable
    {
        private readonly TimelineLock _owner;

        internal Hold(TimelineLock owner) => _owner = owner;

        /// <inheritdoc/>
        public void Dispose() => _owner.Exit();
    }
}
