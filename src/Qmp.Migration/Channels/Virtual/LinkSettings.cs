namespace Qmp.Migration.Channels.Virtual;

/// <summary>What a virtual connection is like, each way.</summary>
public sealed record LinkSettings
{
    /// <summary>Bytes a second; 0 for no limit.</summary>
    public long Bandwidth { get; init; }

    /// <summary>How long a byte travels.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Bytes that may be sent and not yet read, as in the buffers of two sockets.</summary>
    public int Buffer { get; init; } = 256 * 1024;

    /// <summary>The connection breaks when so many bytes have gone from the source to the destination.</summary>
    public long? CutAfter { get; init; }

    /// <summary>The connection breaks when so many bytes have gone from the destination to the source.</summary>
    public long? CutBackAfter { get; init; }
}
