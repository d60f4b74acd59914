namespace Qmp.Migration.Postcopy;

/// <summary>How long was waited for missing pages.</summary>
/// <remarks>
/// No processor here is told apart from another, nor from a monitor: a wait is anybody's. The time for which at least one
/// waited is what clients see as the time for which all processors did.
/// </remarks>
internal sealed class BlockTimes
{
    private const int Buckets = 24;
    private const int MostRecent = 4096; // of those that nobody takes
    private const long Microsecond = 1000;
    private const long Millisecond = 1_000_000;

    private readonly Lock _gate = new(); // guards what follows
    private readonly ulong[] _distribution = new ulong[Buckets];
    private readonly List<long> _recent = [];
    private int _waiting;
    private long _since;
    private long _blocked;
    private long _waited;
    private long _waits;

    /// <summary>Milliseconds for which somebody waited.</summary>
    public uint Milliseconds
    {
        get
        {
            lock (_gate) return (uint)(_blocked / Millisecond);
        }
    }

    /// <summary>Nanoseconds that a page took on average.</summary>
    public ulong Latency
    {
        get
        {
            lock (_gate) return _waits == 0 ? 0 : (ulong)(_waited / _waits);
        }
    }

    /// <summary>How many pages took 1 to 2 microseconds, 2 to 4, 4 to 8 and so on; the last takes all that took longer.</summary>
    public IReadOnlyList<ulong> Distribution
    {
        get
        {
            lock (_gate) return [.. _distribution];
        }
    }

    /// <summary>How it stands with the waits, and how long those were that have ended since this was last asked.</summary>
    public PageWaits Take()
    {
        lock (_gate)
        {
            var waits = new PageWaits(_waits + _waiting, _waiting, [.. _recent.Select(ns => TimeSpan.FromMicroseconds(ns / 1e3))]);
            _recent.Clear();
            return waits;
        }
    }

    /// <summary>Somebody begins to wait.</summary>
    public void Begin(long now)
    {
        lock (_gate)
        {
            if (_waiting++ == 0) _since = now;
        }
    }

    /// <summary>Somebody has what was waited for.</summary>
    public void End(long since, long now)
    {
        lock (_gate)
        {
            if (--_waiting == 0) _blocked += now - _since;
            _waited += now - since;
            _waits++;
            if (_recent.Count < MostRecent) _recent.Add(now - since);
            ulong microseconds = (ulong)((now - since) / Microsecond);
            _distribution[microseconds == 0 ? 0 : Math.Min(Buckets - 1, System.Numerics.BitOperations.Log2(microseconds))]++;
        }
    }
}
