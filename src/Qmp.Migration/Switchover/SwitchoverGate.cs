namespace Qmp.Migration.Switchover;

/// <summary>Holds the switchover until the destination has acknowledged that it is ready.</summary>
/// <remarks>
/// Open from the start without capability <c>switchover-ack</c>, and for a guest that does not run: there is no
/// downtime to be kept short. It never closes again, and it knows no timeout.
/// </remarks>
internal sealed class SwitchoverGate
{
    private const long Never = -1;

    private long _waitingSince = Never;
    private long _acknowledgedAt = Never;

    /// <summary>A gate that waits for an ack if <paramref name="needed"/>.</summary>
    public SwitchoverGate(bool needed) => IsNeeded = needed;

    /// <summary>Whether it waits for an ack at all.</summary>
    public bool IsNeeded { get; }

    /// <summary>Whether the destination has acknowledged.</summary>
    public bool Acknowledged => AcknowledgedAt is not null;

    /// <summary>When it did, in milliseconds.</summary>
    public long? AcknowledgedAt => Read(ref _acknowledgedAt);

    /// <summary>
    /// Since when nothing else holds up the switchover, in milliseconds; <see langword="null"/> while something does.
    /// </summary>
    public long? WaitingSince => Read(ref _waitingSince);

    /// <summary>Whether the guest may be stopped.</summary>
    public bool IsOpen(bool guestRuns) => !IsNeeded || Acknowledged || !guestRuns;

    /// <summary>The destination is ready. Further acks change nothing.</summary>
    public void Acknowledge(long now)
    {
        Interlocked.CompareExchange(ref _acknowledgedAt, now, Never);
        StopWaiting();
    }

    /// <summary>All but the ack is there.</summary>
    public void Wait(long now)
    {
        if (!Acknowledged) Interlocked.CompareExchange(ref _waitingSince, now, Never);
    }

    /// <summary>Something else is waited for, or nothing.</summary>
    public void StopWaiting() => Volatile.Write(ref _waitingSince, Never);

    private static long? Read(ref long value) => Volatile.Read(ref value) is var v and not Never ? v : null;
}
