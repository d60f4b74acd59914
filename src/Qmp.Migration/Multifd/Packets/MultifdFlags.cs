namespace Qmp.Migration.Multifd.Packets;

/// <summary>What a packet of a multifd channel says of itself.</summary>
[Flags]
internal enum MultifdFlags : uint
{
    /// <summary>Pages as they are.</summary>
    None = 0,

    /// <summary>A barrier: what follows comes after what was sent on all channels before it.</summary>
    Sync = 1,

    /// <summary>Pages in one deflate stream that lasts as long as the channel.</summary>
    Zlib = 1 << 1,

    /// <summary>Pages in one Zstandard stream that lasts as long as the channel.</summary>
    Zstd = 2 << 1,

    /// <summary>The bits that say how pages are compressed.</summary>
    Compression = 0x1f << 1,

    /// <summary>State of a device, and no pages.</summary>
    DeviceState = 1 << 6,
}
