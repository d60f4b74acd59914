namespace Qmp.Migration.Status;

/// <summary>Counters of one outgoing migration, as <c>query-migrate</c> shows them.</summary>
/// <remarks>Written by the migration's activities and read by anybody; each value is whole, the set is not.</remarks>
public sealed class MigrationStatistics
{
    private long _mainBytes;
    private long _multifdBytes;
    private long _preemptBytes;
    private long _missedZeroCopies;
    private long _precopyBytes;
    private long _downtimeBytes;
    private long _postcopyBytes;
    private long _postcopyRequests;
    private volatile bool _isInPostcopy;
    private long _normalPages;
    private long _zeroPages;
    private long _dirtySyncCount;
    private long _dirtyPagesRate;
    private long _dirtyBytesLastSync;
    private long _remaining;
    private long _total;
    private long _pending;

    /// <summary>All bytes handed to channels, headers and devices included.</summary>
    public long Transferred => Volatile.Read(ref _mainBytes) + MultifdBytes + PreemptBytes;

    /// <summary>Bytes handed to multifd channels.</summary>
    public long MultifdBytes => Volatile.Read(ref _multifdBytes);

    /// <summary>Bytes of pages that the destination had asked for, over a channel of their own.</summary>
    public long PreemptBytes => Volatile.Read(ref _preemptBytes);

    /// <summary>RAM bytes sent while the guest ran.</summary>
    public long PrecopyBytes => Volatile.Read(ref _precopyBytes);

    /// <summary>RAM bytes sent while the guest was stopped.</summary>
    public long DowntimeBytes => Volatile.Read(ref _downtimeBytes);

    /// <summary>RAM bytes sent after the guest had been handed over.</summary>
    public long PostcopyBytes => Volatile.Read(ref _postcopyBytes);

    /// <summary>How often the destination has asked for pages.</summary>
    public long PostcopyRequests => Volatile.Read(ref _postcopyRequests);

    /// <summary>Pages sent as they are.</summary>
    public long NormalPages => Volatile.Read(ref _normalPages);

    /// <summary>Pages sent as "all zeros".</summary>
    public long ZeroPages => Volatile.Read(ref _zeroPages);

    /// <summary>How often the dirty log was synced; the first is in setup.</summary>
    public long DirtySyncCount => Volatile.Read(ref _dirtySyncCount);

    /// <summary>Pages dirtied a second, over the last period of at least a second.</summary>
    public long DirtyPagesRate
    {
        get => Volatile.Read(ref _dirtyPagesRate);
        set => Volatile.Write(ref _dirtyPagesRate, value);
    }

    /// <summary>Bytes of dirty pages after the last sync.</summary>
    public long DirtyBytesLastSync
    {
        get => Volatile.Read(ref _dirtyBytesLastSync);
        set => Volatile.Write(ref _dirtyBytesLastSync, value);
    }

    /// <summary>Bytes of the RAM that is sent; 0 before setup.</summary>
    public long Total
    {
        get => Volatile.Read(ref _total);
        set => Volatile.Write(ref _total, value);
    }

    /// <summary>RAM bytes left to send.</summary>
    public long Remaining
    {
        get => Volatile.Read(ref _remaining);
        set => Volatile.Write(ref _remaining, value);
    }

    /// <summary>Differences between pages.</summary>
    public XbzrleStatistics Xbzrle { get; } = new();

    /// <summary>Bytes of all that was left to send when that was last counted or estimated.</summary>
    public long Pending
    {
        get => Volatile.Read(ref _pending);
        set => Volatile.Write(ref _pending, value);
    }

    /// <summary>Pages handed on in any form.</summary>
    public long Pages => NormalPages + ZeroPages + Xbzrle.Pages;

    /// <summary>Barriers by which all pages had been copied that should not have been.</summary>
    public long MissedZeroCopies => Volatile.Read(ref _missedZeroCopies);

    internal void CountMissedZeroCopy() => Interlocked.Increment(ref _missedZeroCopies);

    internal void SetMainBytes(long bytes) => Volatile.Write(ref _mainBytes, bytes);

    internal void AddPreemptBytes(long bytes) => Interlocked.Add(ref _preemptBytes, bytes);

    internal void AddMultifdBytes(long bytes) => Interlocked.Add(ref _multifdBytes, bytes);

    /// <summary>The guest has been handed over; what is sent from now on follows it.</summary>
    internal void EnterPostcopy() => _isInPostcopy = true;

    internal void CountPostcopyRequest() => Interlocked.Increment(ref _postcopyRequests);

    internal void AddRamBytes(long bytes, bool guestRuns)
    {
        if (guestRuns) Interlocked.Add(ref _precopyBytes, bytes);
        else Interlocked.Add(ref _isInPostcopy ? ref _postcopyBytes : ref _downtimeBytes, bytes);
    }

    internal void AddNormalPages(long pages) => Interlocked.Add(ref _normalPages, pages);

    internal void AddZeroPages(long pages) => Interlocked.Add(ref _zeroPages, pages);

    internal long CountDirtySync() => Interlocked.Increment(ref _dirtySyncCount);
}
