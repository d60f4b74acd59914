using Qmp.Migration.Rules;

namespace Qmp.Migration.Switchover;

/// <summary>Holds the switchover until the destination has acknowledged as often as it has to.</summary>
/// <remarks>
/// Open without capability <c>switchover-ack</c>, and for a guest that does not run: there is no downtime to be kept short.
/// It knows no timeout. Where the source counts (<see cref="SwitchoverAckMode.Each"/>) it is open until a device asks
/// for an ack, and closes again when one asks anew.
/// </remarks>
internal sealed class SwitchoverGate
{
    private const long Never = -1;

    private readonly SwitchoverAckMode _mode;
    private readonly Lock _gate = new(); // guards _outstanding: acks and requests come on two activities
    private uint _outstanding;
    private long _waitingSince = Never;
    private long _acknowledgedAt = Never;

    /// <summary>A gate that waits for acks if <paramref name="needed"/>.</summary>
    /// <param name="needed">Whether it waits at all.</param>
    /// <param name="mode">Who counts the acks.</param>
    public SwitchoverGate(bool needed, SwitchoverAckMode mode)
    {
        IsNeeded = needed;
        _mode = mode;
        _outstanding = mode == SwitchoverAckMode.Each ? 0u : 1u;
    }

    /// <summary>Whether it waits for acks at all.</summary>
    public bool IsNeeded { get; }

    /// <summary>How many acks have yet to come. One too many takes it from 0 to the largest number there is.</summary>
    public uint Outstanding
    {
        get
        {
            lock (_gate) return _outstanding;
        }
    }

    /// <summary>Whether nothing is outstanding any more, and something was.</summary>
    public bool Acknowledged => AcknowledgedAt is not null;

    /// <summary>When the last ack came that was waited for, in milliseconds.</summary>
    public long? AcknowledgedAt => Read(ref _acknowledgedAt);

    /// <summary>
    /// Since when nothing else holds up the switchover, in milliseconds; <see langword="null"/> while something does.
    /// </summary>
    public long? WaitingSince => Read(ref _waitingSince);

    /// <summary>Whether the guest may be stopped.</summary>
    public bool IsOpen(bool guestRuns) => !IsNeeded || Outstanding == 0 || !guestRuns;

    /// <summary>Devices ask for acks.</summary>
    /// <param name="count">How many.</param>
    /// <returns>How many of them are counted.</returns>
    public uint Request(uint count)
    {
        if (count == 0 || !IsNeeded || _mode != SwitchoverAckMode.Each) return 0;
        lock (_gate)
        {
            _outstanding += count;
            Volatile.Write(ref _acknowledgedAt, Never);
        }

        return count;
    }

    /// <summary>An ack has come.</summary>
    /// <returns>Whether one was outstanding, or more than one does not matter.</returns>
    public bool Acknowledge(long now)
    {
        lock (_gate)
        {
            if (_outstanding == 0 && _mode == SwitchoverAckMode.One) return true;
            bool isAwaited = _outstanding > 0;
            _outstanding = unchecked(_outstanding - 1);
            if (_outstanding > 0) return isAwaited;
            Interlocked.CompareExchange(ref _acknowledgedAt, now, Never);
        }

        StopWaiting();
        return true;
    }

    /// <summary>All but the acks is there.</summary>
    public void Wait(long now)
    {
        if (Outstanding > 0) Interlocked.CompareExchange(ref _waitingSince, now, Never);
    }

    /// <summary>Something else is waited for, or nothing.</summary>
    public void StopWaiting() => Volatile.Write(ref _waitingSince, Never);

    private static long? Read(ref long value) => Volatile.Read(ref value) is var v and not Never ? v : null;
}
