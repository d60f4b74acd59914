using Qmp.Migration.Rules;
using Qmp.Migration.Status;

namespace Qmp.Migration.Throttling;

/// <summary>Measures what goes out in windows of at least 100 ms, and what follows from it.</summary>
internal sealed class BandwidthEstimator(MigrationRules rules)
{
    /// <summary>The window, in milliseconds.</summary>
    public const long Window = 100;

    private long _windowStart;
    private long _startBytes;
    private long _startPages;
    private double _bandwidth;
    private bool _isIdle;
    private double _threshold;
    private double _mbps;
    private double _pagesPerSecond;
    private long _expectedDowntime;

    /// <summary>Bytes that can be sent within the downtime limit; 0 until the first window has ended.</summary>
    public ulong ThresholdSize => (ulong)Volatile.Read(ref _threshold);

    /// <summary>Megabits a second in the last window.</summary>
    public double Mbps => Volatile.Read(ref _mbps);

    /// <summary>Pages a second in the last window.</summary>
    public ulong PagesPerSecond => (ulong)Volatile.Read(ref _pagesPerSecond);

    /// <summary>Milliseconds that the guest would stop if it stopped now.</summary>
    public long ExpectedDowntime => Volatile.Read(ref _expectedDowntime);

    /// <summary>When the current window ends, in milliseconds.</summary>
    public long WindowEnd => _windowStart + Window;

    /// <summary>Begins the first window.</summary>
    public void Start(long now, MigrationStatistics statistics, ulong downtimeLimit)
    {
        _expectedDowntime = (long)downtimeLimit;
        BeginWindow(now, statistics);
    }

    /// <summary>The sender waits although it may send: this window shows only that the link carries at least so much.</summary>
    public void Idle() => _isIdle = true;

    /// <summary>Ends the window if it is over.</summary>
    /// <returns>Whether a new one began.</returns>
    public bool Update(long now, MigrationStatistics statistics, ulong availableBandwidth, ulong downtimeLimit)
    {
        long elapsed = now - _windowStart;
        if (elapsed < Window) return false;
        long bytes = statistics.Transferred - _startBytes;
        double bandwidth = (double)bytes / elapsed;
        _bandwidth = _isIdle ? Math.Max(_bandwidth, bandwidth) : bandwidth;
        double expected = availableBandwidth > 0 ? availableBandwidth / 1000.0 : _bandwidth;
        Volatile.Write(ref _threshold, expected * downtimeLimit);
        Volatile.Write(ref _mbps, bytes * 8.0 / (elapsed / 1000.0) / 1000 / 1000);
        Volatile.Write(ref _pagesPerSecond, (statistics.Pages - _startPages) / (elapsed / 1000.0));

        // With hardly anything sent the bandwidth says nothing.
        if (rules.ExpectsDowntimeOfAll)
        {
            if (expected > 0) Volatile.Write(ref _expectedDowntime, (long)(statistics.Pending / expected));
        }
        else if (statistics.DirtyPagesRate != 0 && bytes > 10_000)
        {
            Volatile.Write(ref _expectedDowntime, (long)(statistics.DirtyBytesLastSync / expected));
        }

        BeginWindow(now, statistics);
        return true;
    }

    /// <summary>The rate over the whole transfer, once it is over.</summary>
    public void Finish(long transferred, long milliseconds)
    {
        if (milliseconds > 0) Volatile.Write(ref _mbps, transferred * 8.0 / milliseconds / 1000);
    }

    private void BeginWindow(long now, MigrationStatistics statistics)
    {
        _windowStart = now;
        _isIdle = false;
        _startBytes = statistics.Transferred;
        _startPages = statistics.Pages;
    }
}
