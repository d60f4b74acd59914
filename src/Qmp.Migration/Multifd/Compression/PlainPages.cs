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

    public bool SendsPages => true;

    public uint Compress(RamBlock block, ReadOnlySpan<ulong> offsets, Span<IoVector> pieces, ref int count)
    {
        count += Runs(block, offsets, pieces[count..]);
        return (uint)offsets.Length * RamBlock.PageSize;
    }

    public async ValueTask ReceiveAsync(IMigrationChannel channel, MultifdPacket packet, RamBlock block)
    {
        ReadOnlyMemory<ulong> offsets = packet.Offsets.AsMemory(0, packet.NormalPages);
        int count = Runs(block, offsets.Span, _places);
        if (!await channel.ReadAllAsync(_places.AsMemory(0, count)))
        {
            throw new LoadException(Errno.InputOutput, "Unexpected end-of-file before all data were read");
        }

        for (int run; !offsets.IsEmpty; offsets = offsets[run..])
        {
            run = Run(offsets.Span);
            block.EndPlace((long)(offsets.Span[0] / RamBlock.PageSize), run);
        }
    }

    public void Dispose()
    {
    }

    /// <summary>How many pages, from the first, are beside each other.</summary>
    internal static int Run(ReadOnlySpan<ulong> offsets)
    {
        int run = 1;
        while (run < offsets.Length && offsets[run] == offsets[0] + ((ulong)run * RamBlock.PageSize)) run++;
        return run;
    }

    private static int Runs(RamBlock block, ReadOnlySpan<ulong> offsets, Span<IoVector> pieces)
    {
        int count = 0;
        while (!offsets.IsEmpty)
        {
            int run = Run(offsets);
            pieces[count++] = new IoVector(block.Address + (nint)offsets[0], (nint)run * RamBlock.PageSize);
            offsets = offsets[run..];
        }

        return count;
    }
}
