using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.Multifd.Packets;
using Qmp.Migration.Status;

namespace Qmp.Migration.Multifd.Compression;

/// <summary>Pages in a compressed stream that goes on from packet to packet.</summary>
internal abstract class StreamedPages(int channel) : IPageDecompressor
{
    // Far more than any compression makes of the pages of a packet.
    private const int MaxLength = 2 * MultifdPacket.MaxPages * RamBlock.PageSize;

    private byte[] _buffer = [];

    public abstract MultifdFlags Flag { get; }

    /// <summary>The channel's number, for messages.</summary>
    protected int Channel => channel;

    public async ValueTask ReceiveAsync(IMigrationChannel source, MultifdPacket packet, RamBlock block)
    {
        if (packet.DataLength > MaxLength)
        {
            throw MultifdPacket.Refusal($"multifd {channel}: packet of {packet.DataLength} bytes, expected at most {MaxLength}");
        }

        int length = (int)packet.DataLength;
        if (_buffer.Length < length) _buffer = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        if (!await source.ReadAllAsync(_buffer.AsMemory(0, length)))
        {
            throw new LoadException(Errno.InputOutput, "Unexpected end-of-file before all data were read");
        }

        Begin(_buffer.AsMemory(0, length));
        ReadOnlyMemory<ulong> offsets = packet.Offsets.AsMemory(0, packet.NormalPages);
        for (int run; !offsets.IsEmpty; offsets = offsets[run..])
        {
            run = PlainPages.Run(offsets.Span);
            long page = (long)(offsets.Span[0] / RamBlock.PageSize);
            Decompress(block.BeginPlace(page, run));
            block.EndPlace(page, run);
        }

        End();
    }

    public abstract void Dispose();

    /// <summary>Begins with what follows a packet.</summary>
    protected abstract void Begin(ReadOnlyMemory<byte> data);

    /// <summary>Makes the next pages.</summary>
    /// <exception cref="LoadException">There are fewer left.</exception>
    protected abstract void Decompress(Span<byte> pages);

    /// <summary>Ends with what followed a packet.</summary>
    /// <exception cref="LoadException">Something is left of it.</exception>
    protected abstract void End();
}
