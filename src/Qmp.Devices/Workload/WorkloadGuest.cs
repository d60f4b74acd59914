using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Serilog;

namespace Qmp.Devices.Workload;

/// <summary>The guest: dirties memory at a set rate, on an activity of its own (<c>-device x-workload</c>).</summary>
/// <remarks>
/// For each page that it writes it reads one back. If that is not what it wrote, it says so once in the log, counts it,
/// and goes on: a migration takes the course that it would take with any guest, and <see cref="Verify"/> knows afterwards.
/// </remarks>
public sealed class WorkloadGuest : IGuest
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly GuestMemory _guestMemory;
    private readonly Timeline _timeline;
    private readonly ILogger _logger;
    private readonly WorkloadPattern _pattern;
    private readonly WorkloadFaults _faults;
    private readonly bool _readsBack;
    private readonly GuestActivity _activity;
    private readonly long _memory;
    private long _rate;
    private long _newWorkingSet; // 0 for none
    private volatile int _throttle;
    private long _reads;
    private long _damaged;
    private string? _damage;

    /// <summary>A guest that does not run yet.</summary>
    /// <param name="machine">Its machine.</param>
    /// <param name="settings">What it does.</param>
    /// <param name="logger">Is told of what it reads and has not written.</param>
    /// <exception cref="ArgumentException">The working set does not lie in memory.</exception>
    public WorkloadGuest(VirtualMachine machine, WorkloadSettings settings, ILogger logger)
    {
        Id = settings.Id;
        Offset = settings.Offset;
        Reach = settings.WorkingSet;
        _memory = (long)machine.Memory.LengthFrom((ulong)settings.Offset);
        if (!Fits(settings.WorkingSet)) throw new ArgumentException("no such memory", nameof(settings));
        _guestMemory = machine.Memory;
        _timeline = machine.Timeline;
        _logger = logger;
        _rate = settings.Rate;
        _readsBack = settings.Reads;
        _faults = new WorkloadFaults(_timeline);
        _pattern = new WorkloadPattern(machine.Memory, settings.Offset, settings.WorkingSet, _faults);
        _activity = new GuestActivity(_timeline, "workload", RunAsync);
    }

    /// <summary>The id that commands name it by.</summary>
    public string Id { get; }

    /// <summary>Where its memory begins.</summary>
    public long Offset { get; }

    /// <summary>Bytes from there that it has ever been told to write.</summary>
    public long Reach { get; private set; }

    /// <summary>Bytes dirtied a second; takes effect at once.</summary>
    public long Rate
    {
        get => Volatile.Read(ref _rate);
        set => Volatile.Write(ref _rate, value);
    }

    /// <summary>How many writes the guest has made since its first boot, migrations included.</summary>
    public ulong Writes => _pattern.Writes;

    /// <summary>What it has done and seen. Answers at any moment.</summary>
    public WorkloadCounts Counts => _faults.AddTo(new WorkloadCounts
    {
        Writes = Writes,
        Reads = Interlocked.Read(ref _reads),
        Damaged = Interlocked.Read(ref _damaged),
        Damage = Volatile.Read(ref _damage),
    });

    /// <summary>Whether so many bytes from its first page lie in memory and are enough.</summary>
    public bool Fits(long workingSet) => workingSet >= 2 * RamBlock.PageSize && workingSet <= _memory;

    /// <summary>Lets it write other memory from now on, or from when it runs.</summary>
    public void ChangeWorkingSet(long bytes)
    {
        Reach = Math.Max(Reach, bytes);
        Volatile.Write(ref _newWorkingSet, bytes);
    }

    /// <summary>Compares memory with what must be there; the guest must be stopped.</summary>
    /// <returns>What the guest has read while it ran and had not written, what is wrong now, or <see langword="null"/>.</returns>
    public string? Verify() => Volatile.Read(ref _damage) ?? _pattern.Verify();

    /// <inheritdoc/>
    public void Start() => _activity.Start();

    /// <inheritdoc/>
    public ValueTask StopAsync() => _activity.StopAsync();

    /// <inheritdoc/>
    public void Throttle(int percent) => _throttle = percent;

    // Once a tick, as many page writes as the rate and the time passed make due. What could not be done in time is
    // not made up for beyond a second: a guest does not remember either.
    private async ValueTask RunAsync()
    {
        ulong writes = await _pattern.ResumeAsync();
        long last = _timeline.NowNanoseconds;
        double due = 0;
        while (_activity.IsWanted)
        {
            if (Interlocked.Exchange(ref _newWorkingSet, 0) is var size and not 0) await _pattern.ResizeAsync(size);
            long now = _timeline.NowNanoseconds;
            long rate = Rate;
            due += rate / (double)RamBlock.PageSize * (now - last) / 1e9 * (100 - _throttle) / 100;
            due = Math.Min(due, Math.Max(1, rate / RamBlock.PageSize));
            last = now;
            if (due >= 1)
            {
                for (; due >= 1 && _activity.IsWanted; due--)
                {
                    await _pattern.WriteAsync(++writes);
                    if (_readsBack) await ReadBackAsync(writes);
                }

                await _pattern.RecordAsync(writes);
            }

            await _activity.WaitAsync(Tick);
        }
    }

    private async ValueTask ReadBackAsync(ulong newest)
    {
        string? damage = await _pattern.ReadBackAsync(newest);
        if (_guestMemory.IsAbandoned) return;
        Interlocked.Increment(ref _reads);
        if (damage is null) return;
        Interlocked.Increment(ref _damaged);
        if (Interlocked.CompareExchange(ref _damage, damage, null) is null)
        {
            _logger.Warning("warning: guest '{Id:l}' reads what it has not written: {Damage:l}", Id, damage);
        }
    }
}
