namespace Qmp.Machine.Time;

/// <summary>Nanoseconds that the guest has run, across migrations (QEMU's <c>cpu_clock</c>).</summary>
public sealed class GuestClock
{
    private readonly Timeline _timeline;
    private long _offset;
    private bool _runs;

    /// <summary>A stopped clock at zero.</summary>
    public GuestClock(Timeline timeline) => _timeline = timeline;

    /// <summary>What the guest reads. Set only while it stands still.</summary>
    public long Nanoseconds
    {
        get => _runs ? _timeline.NowNanoseconds + _offset : _offset;
        set => _offset = value;
    }

    /// <summary>Lets it run.</summary>
    public void Start()
    {
        if (_runs) return;
        _offset -= _timeline.NowNanoseconds;
        _runs = true;
    }

    /// <summary>Makes it stand still.</summary>
    public void Stop()
    {
        if (!_runs) return;
        _offset += _timeline.NowNanoseconds;
        _runs = false;
    }
}
