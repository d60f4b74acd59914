using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.Multifd.Packets;
using Qmp.Migration.Status;

namespace Qmp.Migration.Multifd.Compression;

/// <summary>Makes pages of the bytes that follow a packet. It belongs to one channel.</summary>
internal interface IPageDecompressor : IDisposable
{
    /// <summary>What packets must say.</summary>
    MultifdFlags Flag { get; }

    /// <summary>Reads what follows a packet into the pages that it names.</summary>
    /// <param name="channel">Where the bytes come from.</param>
    /// <param name="packet">The packet; it has pages.</param>
    /// <param name="block">Their block.</param>
    /// <exception cref="LoadException">The bytes are not those pages.</exception>
    /// <exception cref="ChannelException">The connection broke.</exception>
    ValueTask ReceiveAsync(IMigrationChannel channel, MultifdPacket packet, RamBlock block);
}
