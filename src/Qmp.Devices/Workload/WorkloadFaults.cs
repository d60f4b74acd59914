using Qmp.Machine.Memory;
using Qmp.Machine.Time;

namespace Qmp.Devices.Workload;

/// <summary>Counts the accesses of a guest that find their page kept back, and how long they wait.</summary>
/// <param name="timeline">Where the guest runs.</param>
public sealed class WorkloadFaults(Timeline timeline)
{
    private readonly Lock _gate = new(); // guards what follows
    private long _count;
    private long _waited; // ns, as the next two
    private long _longest;
    private long? _since;

    /// <summary>Counts an access that is kept back, and returns when it can be made.</summary>
    /// <param name="memory">Guest memory.</param>
    /// <param name="address">Where it begins.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="writes">Whether it is a write.</param>
    internal async ValueTask WaitAsync(GuestMemory memory, ulong address, int length, bool writes)
    {
        lock (_gate)
        {
            _count++;
            _since = timeline.NowNanoseconds;
        }

        await memory.WaitAsync(address, length, writes);
        lock (_gate)
        {
            if (_since is not { } since) return;
            long waited = timeline.NowNanoseconds - since;
            _waited += waited;
            _longest = Math.Max(_longest, waited);
            _since = null;
        }
    }

    /// <summary>Adds to the counts of a guest what is known here; a wait that lasts is in all of it.</summary>
    internal WorkloadCounts AddTo(WorkloadCounts counts)
    {
        lock (_gate)
        {
            long? waiting = _since is { } since ? timeline.NowNanoseconds - since : null;
            return counts with
            {
                Faults = _count,
                Waited = TimeSpan.FromMicroseconds((_waited + (waiting ?? 0)) / 1e3),
                Longest = TimeSpan.FromMicroseconds(Math.Max(_longest, waiting ?? 0) / 1e3),
                Waiting = waiting is { } time ? TimeSpan.FromMicroseconds(time / 1e3) : null,
            };
        }
    }
}
