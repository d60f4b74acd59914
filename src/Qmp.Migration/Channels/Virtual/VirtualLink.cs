namespace Qmp.Migration.Channels.Virtual;

/// <summary>What is between two machines: a line each way, shared by all connections between them.</summary>
internal sealed class VirtualLink(LinkSettings settings)
{
    public LinkSettings Settings { get; } = settings;

    /// <summary>From the source to the destination.</summary>
    public VirtualLine Forward { get; } = new(settings);

    /// <summary>From the destination to the source.</summary>
    public VirtualLine Backward { get; } = new(settings);
}

/// <summary>One direction of a link. Bytes leave one after the other, whichever connection they belong to.</summary>
internal sealed class VirtualLine(LinkSettings settings)
{
    private readonly Lock _gate = new(); // guards _freeAt
    private long _freeAt;

    public LinkSettings Settings { get; } = settings;

    /// <summary>Puts bytes on the line.</summary>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <param name="length">How many bytes.</param>
    /// <returns>When the last of them arrives.</returns>
    public long Send(long now, int length)
    {
        long took = Settings.Bandwidth == 0 ? 0 : (long)(length * 1e9 / Settings.Bandwidth);
        lock (_gate)
        {
            _freeAt = Math.Max(now, _freeAt) + took;
            return _freeAt + (long)Settings.Latency.TotalNanoseconds;
        }
    }
}
