using Qmp.Migration.Devices;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Incoming;

/// <summary>Counts the devices that have yet to approve the switchover (WIRE 10).</summary>
internal sealed class SwitchoverAcks
{
    private readonly bool _enabled;
    private int _pending;

    public SwitchoverAcks(bool enabled, DeviceRegistry devices)
    {
        _enabled = enabled;
        if (enabled) _pending = devices.All.OfType<LiveDevice>().Count(d => d.NeedsSwitchoverAck);
    }

    /// <summary>Whether the ack goes out as soon as the return path is open.</summary>
    public bool NobodyWaits => _enabled && _pending == 0;

    /// <summary>One device approves.</summary>
    /// <returns>Whether it was the last one.</returns>
    /// <exception cref="LoadException">More devices approved than wanted to.</exception>
    public bool Approve()
    {
        if (!_enabled) return false;
        if (_pending == 0)
        {
            throw new LoadException(
                Errno.Invalid, "Switchover ack pending num is already 0. Can't decrease any further");
        }

        return --_pending == 0;
    }
}
