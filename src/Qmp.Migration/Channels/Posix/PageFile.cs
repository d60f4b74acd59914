using System.Runtime.InteropServices;
using Qmp.Linux;

namespace Qmp.Migration.Channels.Posix;

/// <summary>A file whose places are written and read by blocking calls.</summary>
internal sealed class PageFile(SafeHandle file) : IPageFile
{
    private readonly IoVector[] _scratch = new IoVector[Files.MaxPieces];

    public ValueTask WriteAtAsync(ReadOnlyMemory<IoVector> pieces, long offset)
    {
        var list = new PieceList(pieces.Span, _scratch);
        while (!list.IsEmpty)
        {
            long written = Files.GatherAt(file, list.Left, offset);
            if (written < 0) throw new ChannelException($"Unable to write to file: {Errno.Text((int)written)}");
            list.Advance((nint)written);
            offset += written;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<long> ReadAtAsync(ReadOnlyMemory<IoVector> pieces, long offset)
    {
        long read = Files.ScatterAt(file, pieces.Span[..Math.Min(pieces.Length, Files.MaxPieces)], offset);
        return read >= 0
            ? new ValueTask<long>(read)
            : throw new ChannelException($"Unable to read from file: {Errno.Text((int)read)}");
    }

    public void Dispose() => file.Dispose();
}
