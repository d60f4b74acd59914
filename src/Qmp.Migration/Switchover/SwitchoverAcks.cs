using Qmp.Migration.SaveState;
using Qmp.Migration.Status;

namespace Qmp.Migration.Switchover;

/// <summary>Counts the devices that have yet to approve the switchover.</summary>
internal sealed class SwitchoverAcks
{
    private readonly Lock _gate = new(); // guards _pending: devices approve on several activities
    private readonly int _total;
    private int _pending;

    public SwitchoverAcks(bool enabled, SaveStateEntries entries)
    {
        IsEnabled = enabled;
        if (enabled) _total = entries.All.Count(e => e.NeedsSwitchoverAck);
        _pending = _total;
    }

    /// <summary>Whether the source waits for an ack, by capability.</summary>
    public bool IsEnabled { get; }

    /// <summary>Whether the ack goes out as soon as the return path is open.</summary>
    public bool NobodyWaits => IsEnabled && Pending == 0;

    /// <summary>How many devices have approved.</summary>
    public int Approvals => _total - Pending;

    private int Pending
    {
        get
        {
            lock (_gate) return _pending;
        }
    }

    /// <summary>One device approves.</summary>
    /// <returns>Whether it was the last one.</returns>
    /// <exception cref="LoadException">More devices approved than wanted to.</exception>
    public bool Approve()
    {
        if (!IsEnabled) return false;
        lock (_gate)
        {
            if (_pending == 0)
            {
                throw new LoadException(
                    Errno.Invalid, "Switchover ack pending num is already 0. Can't decrease any further");
            }

            return --_pending == 0;
        }
    }
}
