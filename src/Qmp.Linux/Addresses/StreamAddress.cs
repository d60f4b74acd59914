namespace Qmp.Linux.Addresses;

/// <summary>Where a stream socket listens or connects, as QEMU's users write it.</summary>
public abstract record StreamAddress
{
    private StreamAddress()
    {
    }

    /// <summary>An internet address.</summary>
    /// <param name="Host">A name or number; empty for every address of this host.</param>
    /// <param name="Port">A number or the name of a service; of numbers the lower 16 bits count.</param>
    public sealed record Inet(string Host, string Port) : StreamAddress
    {
        /// <summary>The last port that may be listened on instead, where others are taken (<c>to=</c>).</summary>
        public ushort? To { get; init; }

        /// <summary>Whether IPv4 is wanted; without a word on either family both are.</summary>
        public bool? Ipv4 { get; init; }

        /// <summary>Whether IPv6 is wanted.</summary>
        public bool? Ipv6 { get; init; }

        /// <summary>Whether names are refused.</summary>
        public bool IsNumeric { get; init; }

        /// <summary>Whether the kernel looks after peers that say nothing.</summary>
        public bool KeepsAlive { get; init; }

        /// <summary>How many of its probes may stay unanswered; 0 for the host's default.</summary>
        public uint KeepAliveCount { get; init; }

        /// <summary>Seconds of silence before the first probe; 0 for the host's default.</summary>
        public uint KeepAliveIdle { get; init; }

        /// <summary>Seconds between probes; 0 for the host's default.</summary>
        public uint KeepAliveInterval { get; init; }

        /// <summary>Whether MPTCP is used.</summary>
        public bool IsMultipath { get; init; }

        /// <inheritdoc/>
        public override string ToString() => $"{Host}:{Port}";
    }

    /// <summary>A Unix socket.</summary>
    /// <param name="Path">A file's path, of at most 108 bytes; empty to listen on a file of a new name.</param>
    public sealed record Unix(string Path) : StreamAddress
    {
        /// <summary>Whether it is a name without a file, of at most 107 bytes.</summary>
        public bool IsAbstract { get; init; }

        /// <summary>Whether an abstract name ends with its last byte, instead of being filled up with zeros.</summary>
        public bool IsTight { get; init; } = true;

        /// <inheritdoc/>
        public override string ToString() => Path;
    }

    /// <summary>A socket between a host and its guests.</summary>
    /// <param name="Cid">The number of the host or guest.</param>
    /// <param name="Port">The port.</param>
    public sealed record Vsock(string Cid, string Port) : StreamAddress
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Cid}:{Port}";
    }
}
