using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.Multifd.Packets;
using Qmp.Migration.Status;
using Errno = Qmp.Migration.Status.Errno;

namespace Qmp.Migration.Multifd.Compression;

/// <summary>Pages as they are: sent from where they are, and read into their place.</summary>
internal sealed class PlainPages : IPageCompressor, IPageDecompressor
{
    private readonly IoVector[] _places = new IoVector[MultifdPacket.MaxPages];

    public MultifdFlags Flag => MultifdFlags.None;

    public uint Compress(RamBlock block, ReadOnlySpan<ulong> offsets, Span<IoVector> pieces, ref int count)
    {
        count += Runs(block, offsets, pieces[count..]);
        return (uint)offsets.Length * RamBlock.PageSize;
    }

    public async ValueTask ReceiveAsync(IMigrationChannel channel, MultifdPacket packet, RamBlock block)
    {
        int count = Runs(block, packet.Offsets.AsSpan(0, packet.NormalPages), _places);
        if (!await channel.ReadAllAsync(_places.AsMemory(0, count)))
        {
            throw new LoadException(Errno.InputOutput, "Unexpected end-of-file before all data were read");
        }

        foreach (ulong offset in packet.Offsets.AsSpan(0, packet.NormalPages)) block.EndPlace((long)(offset / RamBlock.PageSize));
    }

    public void Dispose()
    {
    }

    // Pages beside each other are one piece.
    private static int Runs(RamBlock block, ReadOnlySpan<ulong> offsets, Span<IoVector> pieces)
    {
        int count = 0;
        for (int i = 0; i < offsets.Length;)
        {
            int run = 1;
            while (i + run < offsets.Length && offsets[i + run] == offsets[i] + ((ulong)run * RamBlock.PageSize)) run++;
            pieces[count++] = new IoVector(block.Address + (nint)offsets[i], (nint)run * RamBlock.PageSize);
            i += run;
        }

        return count;
    }
}
