namespace Qmp.Migration.Throttling;

/// <summary>Counts dirtied pages over periods of more than a second, at the syncs of the dirty log.</summary>
internal sealed class DirtyRatePeriod
{
    private const long Length = 1000;

    private long _start = -1;
    private long _dirtied;
    private long _transferredBefore;

    /// <summary>Records a sync.</summary>
    /// <returns>What happened in the period that ended with it, if one did.</returns>
    public Ended? Sync(long startedAt, long now, long dirtiedPages, long transferred)
    {
        if (_start < 0) _start = startedAt;
        _dirtied += dirtiedPages;
        if (now <= _start + Length) return null;
        var ended = new Ended(_dirtied, transferred - _transferredBefore, now - _start);
        _start = now;
        _dirtied = 0;
        _transferredBefore = transferred;
        return ended;
    }

    /// <summary>A period that is over.</summary>
    /// <param name="DirtiedPages">Pages dirtied in it.</param>
    /// <param name="Transferred">Bytes sent in it.</param>
    /// <param name="Milliseconds">How long it took.</param>
    internal readonly record struct Ended(long DirtiedPages, long Transferred, long Milliseconds)
    {
        public long PagesPerSecond => DirtiedPages * 1000 / Milliseconds;
    }
}
