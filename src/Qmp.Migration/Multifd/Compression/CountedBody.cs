using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.Multifd.Packets;
using Qmp.Migration.Status;

namespace Qmp.Migration.Multifd.Compression;

/// <summary>Reads what follows packets where it is only counted, in the steps in which bytes would be read.</summary>
/// <param name="isPlain">Whether pages are as they are: bytes are read into the places of pages, run by run.</param>
internal sealed class CountedBody(bool isPlain)
{
    // Nothing is written to it, so that it takes no memory.
    private readonly byte[] _nowhere = GC.AllocateUninitializedArray<byte>(MultifdPacket.MaxPages * RamBlock.PageSize * 2);

    /// <summary>Reads what follows a packet, and places its pages.</summary>
    /// <exception cref="LoadException">It ends before its end.</exception>
    public async ValueTask ReceiveAsync(ICountedChannel channel, MultifdPacket packet, RamBlock block)
    {
        ReadOnlyMemory<ulong> offsets = packet.Offsets.AsMemory(0, packet.NormalPages);
        if (!isPlain) await ReadAsync(channel, (int)packet.DataLength);
        for (int run = 0; isPlain && run < offsets.Length;)
        {
            int pages = PlainPages.Run(offsets.Span[run..]);
            await ReadAsync(channel, pages * RamBlock.PageSize);
            run += pages;
        }

        if (!channel.TryTakeCounted(out _, out CountedPiece piece)) throw new InvalidOperationException("a counted packet has bytes");
        for (int i = 0; i < offsets.Length; i++) block.PlaceCounted((long)(offsets.Span[i] / RamBlock.PageSize), piece.States, i, 1);
    }

    private async ValueTask ReadAsync(ICountedChannel channel, int length)
    {
        if (!await channel.ReadAllAsync(_nowhere.AsMemory(0, length)))
        {
            throw new LoadException(Errno.InputOutput, "Unexpected end-of-file before all data were read");
        }
    }
}
