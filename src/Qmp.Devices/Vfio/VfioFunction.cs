using Qmp.Machine.Time;
using Serilog;

namespace Qmp.Devices.Vfio;

/// <summary>The device itself: what a kernel driver is to QEMU.</summary>
/// <remarks>
/// While it is read in <see cref="VfioDeviceState.PreCopy"/> it changes state that was read already, never more than
/// all of its state. Used by the migration, and when the guest is started or stopped.
/// </remarks>
internal sealed class VfioFunction(VfioSettings settings, Timeline timeline, ILogger logger)
{
    private readonly Lock _gate = new(); // guards what follows
    private VfioDeviceState _state;
    private ulong _position; // bytes read since reading began
    private ulong _initial; // initial bytes not read yet
    private bool _isAnew; // which are those of a device that began anew
    private bool _beganAnew; // since it was asked last
    private ulong _stopCopy; // stop-copy bytes not read yet
    private ulong _dirty; // bytes that had been changed and not read yet when the clock was looked at
    private long _clock;

    /// <summary>The state.</summary>
    public VfioDeviceState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    /// <summary>Asks the driver what can be read while the device runs.</summary>
    /// <returns>Initial bytes, dirty bytes, and whether the device has begun anew since it was asked last.</returns>
    public (ulong Initial, ulong Dirty, bool BeganAnew) AskPrecopy()
    {
        lock (_gate)
        {
            bool beganAnew = _beganAnew;
            _beganAnew = false;
            return (_initial, Dirty(), beganAnew);
        }
    }

    /// <summary>The device begins anew while it is read: its initial data is other data from now on.</summary>
    /// <param name="initial">How many bytes.</param>
    /// <returns>Whether it could: it is being read, and runs.</returns>
    public bool BeginAnew(ulong initial)
    {
        lock (_gate)
        {
            if (_state != VfioDeviceState.PreCopy) return false;
            (_initial, _isAnew, _beganAnew) = (initial, true, true);
            return true;
        }
    }

    /// <summary>What the driver says of all data that would have to be read from the stopped device.</summary>
    public ulong StopCopySize
    {
        get
        {
            lock (_gate) return IsRead ? _initial + Dirty() + _stopCopy : StateSize;
        }
    }

    private bool IsRead => _state is VfioDeviceState.PreCopy or VfioDeviceState.StopCopy;

    private ulong StateSize => settings.InitialBytes + settings.StopCopyBytes;

    /// <summary>Changes the state. A device that can be read from now on is read from its beginning.</summary>
    public void Enter(VfioDeviceState next)
    {
        lock (_gate)
        {
            if (_state == next) return;
            bool wasRead = IsRead;
            _dirty = Dirty();
            logger.Debug("vfio_migration_set_state {Device:l} {State}", settings.Id, next);
            _state = next;
            _clock = timeline.NowNanoseconds;
            if (wasRead) return;
            (_initial, _stopCopy, _dirty) = (settings.InitialBytes, settings.StopCopyBytes, 0);
            (_isAnew, _beganAnew) = (false, false);
        }
    }

    /// <summary>What is read from now on stands at the beginning of the device's data.</summary>
    public void Rewind()
    {
        lock (_gate) _position = 0;
    }

    /// <summary>Reads the next piece.</summary>
    /// <param name="limit">Bytes at most.</param>
    /// <param name="position">Where the piece stands in the device's data.</param>
    /// <param name="isAnew">Whether it is initial data of a device that began anew, all of it.</param>
    /// <returns>How many bytes; 0 if there is nothing to be read for now.</returns>
    public int Read(int limit, out ulong position, out bool isAnew)
    {
        lock (_gate)
        {
            position = _position;
            ulong room = (ulong)limit;
            isAnew = _isAnew && _initial > 0;
            if (isAnew)
            {
                int piece = (int)Take(ref _initial, room);
                _position += (ulong)piece;
                return piece;
            }

            ulong dirty = Dirty();
            room -= Take(ref _initial, room);
            ulong dirtyRead = Take(ref dirty, room);
            if (dirtyRead > 0) (_dirty, _clock) = (dirty, timeline.NowNanoseconds);
            room -= dirtyRead;
            if (_state == VfioDeviceState.StopCopy) room -= Take(ref _stopCopy, room);
            int count = limit - (int)room;
            _position += (ulong)count;
            return count;
        }
    }

    private static ulong Take(ref ulong from, ulong most)
    {
        ulong count = Math.Min(from, most);
        from -= count;
        return count;
    }

    private ulong Dirty()
    {
        if (_state != VfioDeviceState.PreCopy) return _dirty;
        UInt128 changed = (UInt128)settings.PrecopyRate * (ulong)(timeline.NowNanoseconds - _clock) / 1_000_000_000;
        return (ulong)UInt128.Min(_dirty + changed, StateSize);
    }
}
