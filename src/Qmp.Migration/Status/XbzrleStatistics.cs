namespace Qmp.Migration.Status;

/// <summary>Counters of differences between pages, as <c>query-migrate</c> shows them.</summary>
/// <remarks>Written by the migration's activity and read by anybody; each value is whole, the set is not.</remarks>
public sealed class XbzrleStatistics
{
    private long _bytes;
    private long _pages;
    private long _misses;
    private long _overflows;
    private double _missRate;
    private double _encodingRate;
    private long _previousMisses;
    private long _previousPages;
    private long _previousBytes;

    /// <summary>Bytes of differences; those that did not fit count as a page.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Pages whose older version was known, those that had not changed included.</summary>
    public long Pages => Volatile.Read(ref _pages);

    /// <summary>Pages whose older version was not known.</summary>
    public long Misses => Volatile.Read(ref _misses);

    /// <summary>Pages whose difference would have been larger than they are.</summary>
    public long Overflows => Volatile.Read(ref _overflows);

    /// <summary>Misses by page, in the last period.</summary>
    public double MissRate => Volatile.Read(ref _missRate);

    /// <summary>Bytes of pages by bytes of their differences, in the last period.</summary>
    public double EncodingRate => Volatile.Read(ref _encodingRate);

    internal void CountMiss() => Interlocked.Increment(ref _misses);

    internal void Count(long bytes, bool isOverflow)
    {
        Interlocked.Increment(ref _pages);
        Interlocked.Add(ref _bytes, bytes);
        if (isOverflow) Interlocked.Increment(ref _overflows);
    }

    /// <summary>Ends a period.</summary>
    /// <param name="pages">Pages that were sent in it, in any form.</param>
    /// <param name="pageSize">Bytes of a page.</param>
    internal void EndPeriod(long pages, int pageSize)
    {
        if (pages == 0) return;
        Volatile.Write(ref _missRate, (double)(Misses - _previousMisses) / pages);
        long encoded = Bytes - _previousBytes;
        double whole = (double)(Pages - _previousPages) * pageSize;
        Volatile.Write(ref _encodingRate, encoded == 0 ? 0 : whole / encoded);
        (_previousMisses, _previousPages, _previousBytes) = (Misses, Pages, Bytes);
    }
}
