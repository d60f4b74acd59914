namespace Qmp.Migration.Source;

/// <summary>When what happened, in milliseconds of the machine's clock.</summary>
internal sealed class OutgoingTimes
{
    private long _start;
    private long _setup = -1;
    private long _stop = -1;
    private long _handedOver = -1;
    private long _end = -1;

    /// <summary>How long setup took, or <see langword="null"/> before that is known.</summary>
    public long? SetupTime => Read(ref _setup);

    /// <summary>How long the guest was stopped, once that is over.</summary>
    public long? Downtime => (Read(ref _handedOver) ?? Read(ref _end)) - Read(ref _stop);

    /// <summary>From the end of setup to the completion.</summary>
    public long TransferTime => (Read(ref _end) ?? 0) - _start - (SetupTime ?? 0);

    public void Started(long now) => _start = now;

    public void SetUp(long took) => Volatile.Write(ref _setup, took);

    public void Stopped(long now) => Volatile.Write(ref _stop, now);

    /// <summary>The destination was sent all that it needs to run the guest, before the guest's memory.</summary>
    public void HandedOver(long now) => Volatile.Write(ref _handedOver, now);

    public void Completed(long now) => Volatile.Write(ref _end, now);

    /// <summary>From <c>migrate</c> to the completion, or to now.</summary>
    public long TotalTime(long now) => (Read(ref _end) ?? now) - _start;

    private static long? Read(ref long value)
    {
        long v = Volatile.Read(ref value);
        return v < 0 ? null : v;
    }
}
