namespace Qmp.Migration.Switchover;

/// <summary>Holds the switchover until the destination has acknowledged that it is ready (WIRE 10).</summary>
/// <remarks>
/// Open from the start without capability <c>switchover-ack</c>, and for a guest that does not run: there is no
/// downtime to be kept short. It never closes again, and it knows no timeout.
/// </remarks>
internal sealed class SwitchoverGate
{
    private readonly bool _needed;
    private volatile bool _acknowledged;

    /// <summary>A gate that waits for an ack if <paramref name="needed"/>.</summary>
    public SwitchoverGate(bool needed) => _needed = needed;

    /// <summary>Whether the destination has acknowledged.</summary>
    public bool Acknowledged => _acknowledged;

    /// <summary>Whether the guest may be stopped.</summary>
    public bool IsOpen(bool guestRuns) => !_needed || _acknowledged || !guestRuns;

    /// <summary>The destination is ready. Further acks change nothing.</summary>
    public void Acknowledge() => _acknowledged = true;
}
