using Qmp.Machine;
using Qmp.Machine.Time;

namespace Qmp.Devices.Workload;

/// <summary>The guest: dirties memory at a set rate, on an activity of its own (<c>-device x-workload</c>).</summary>
public sealed class WorkloadGuest : IGuest
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Timeline _timeline;
    private readonly WorkloadPattern _pattern;
    private readonly Waker _waker;
    private readonly Lock _gate = new(); // guards _runs and _activity
    private readonly long _rate;
    private Activity? _activity;
    private bool _runs;
    private volatile int _throttle;

    /// <summary>A guest that does not run yet.</summary>
    /// <exception cref="ArgumentException">The working set does not lie in memory.</exception>
    public WorkloadGuest(VirtualMachine machine, WorkloadSettings settings)
    {
        Settings = settings;
        _timeline = machine.Timeline;
        _rate = settings.Rate;
        _pattern = new WorkloadPattern(machine.Memory, settings.Offset, settings.WorkingSet);
        _waker = _timeline.CreateWaker();
    }

    /// <summary>What it was made with.</summary>
    public WorkloadSettings Settings { get; }

    /// <summary>How many writes the guest has made since its first boot, migrations included.</summary>
    public ulong Writes => _pattern.Writes;

    /// <summary>Compares memory with what must be there; the guest must be stopped.</summary>
    public string? Verify() => _pattern.Verify();

    /// <inheritdoc/>
    public void Start()
    {
        lock (_gate)
        {
            if (_runs) return;
            _runs = true;
            _activity = _timeline.Start("workload", RunAsync);
        }
    }

    /// <inheritdoc/>
    public async ValueTask StopAsync()
    {
        Activity? activity;
        lock (_gate)
        {
            _runs = false;
            activity = _activity;
            _activity = null;
        }

        if (activity is null) return;
        _waker.Wake();
        await activity.JoinAsync();
    }

    /// <inheritdoc/>
    public void Throttle(int percent) => _throttle = percent;

    // Once a tick, as many page writes as the rate and the time passed make due. What could not be done in time is
    // not made up for beyond a second: a guest does not remember either.
    private async ValueTask RunAsync()
    {
        ulong writes = _pattern.Writes;
        long last = _timeline.NowNanoseconds;
        double due = 0;
        while (Volatile.Read(ref _runs))
        {
            long now = _timeline.NowNanoseconds;
            due += _rate / (double)Machine.Memory.RamBlock.PageSize * (now - last) / 1e9 * (100 - _throttle) / 100;
            due = Math.Min(due, Math.Max(1, _rate / Machine.Memory.RamBlock.PageSize));
            last = now;
            if (due >= 1)
            {
                for (; due >= 1 && Volatile.Read(ref _runs); due--) _pattern.Write(++writes);
                _pattern.Record(writes);
            }

            await _waker.WaitAsync(Tick);
        }
    }
}
