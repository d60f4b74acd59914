namespace Qmp.Migration.Throttling;

/// <summary>How much may be sent before the window of 100 ms ends.</summary>
/// <remarks>The budget of a window is <c>max-bandwidth</c> / 10, rounded down; a budget of 0 is no limit.</remarks>
internal sealed class RateLimiter
{
    private const ulong WindowsPerSecond = 10;

    private Func<ulong> _maxBandwidth;
    private long _windowStart;
    private bool _lifted;

    /// <summary>A limiter that asks for <c>max-bandwidth</c> at the start of each window.</summary>
    public RateLimiter(Func<ulong> maxBandwidth)
    {
        _maxBandwidth = maxBandwidth;
        Budget = Ask();
    }

    /// <summary>Bytes that the current window allows; 0 for any number.</summary>
    public ulong Budget { get; private set; }

    /// <summary>Whether the window's budget is used up.</summary>
    public bool Exceeded(long transferred) => Budget > 0 && (ulong)(transferred - _windowStart) > Budget;

    /// <summary>Bytes left in this window, or <see cref="long.MaxValue"/>.</summary>
    public long Left(long transferred) =>
        Budget == 0 || Budget > long.MaxValue ? long.MaxValue : (long)Budget - (transferred - _windowStart);

    /// <summary>Starts the next window.</summary>
    public void NextWindow(long transferred)
    {
        _windowStart = transferred;
        if (!_lifted) Budget = Ask();
    }

    /// <summary>Keeps to another limit from now on.</summary>
    public void Limit(Func<ulong> maxBandwidth, long transferred)
    {
        _maxBandwidth = maxBandwidth;
        _lifted = false;
        NextWindow(transferred);
    }

    /// <summary>Ends all limits: the guest is stopped.</summary>
    public void Lift()
    {
        _lifted = true;
        Budget = 0;
    }

    private ulong Ask() => _maxBandwidth() / WindowsPerSecond;
}
