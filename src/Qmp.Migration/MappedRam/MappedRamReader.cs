using System.Buffers;
using System.Runtime.InteropServices;
using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.Multifd;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;
using Errno = Qmp.Migration.Status.Errno;

namespace Qmp.Migration.MappedRam;

/// <summary>Reads blocks from a file that has a place for each page.</summary>
/// <param name="reader">Reads the stream, which goes around the pages.</param>
/// <param name="file">The same file.</param>
/// <param name="channels">Read pages beside each other; <see langword="null"/> to read them here.</param>
internal sealed class MappedRamReader(MigrationReader reader, ISeekableChannel file, WorkerPool<MappedRun>? channels)
{
    /// <summary>Pages that are read at once.</summary>
    private const int MaxRun = RamBlock.MaxSpan / RamBlock.PageSize;

    /// <summary>Reads the block whose name and length have been read, and has the stream go on behind it.</summary>
    /// <exception cref="LoadException">It is not as it should be.</exception>
    /// <exception cref="ChannelException">It cannot be read.</exception>
    public async ValueTask LoadAsync(RamBlock block)
    {
        await reader.NeedAsync(MappedRamHeader.Length);
        if (reader.Available < MappedRamHeader.Length)
        {
            throw new LoadException(
                Errno.Invalid,
                $"Could not read whole mapped-ram migration header (expected {MappedRamHeader.Length}, got {reader.Available} bytes)");
        }

        var header = MappedRamHeader.Read(reader.Buffered[..MappedRamHeader.Length]);
        reader.Skip(MappedRamHeader.Length);
        if (header.PagesOffset % RamBlock.PageSize != 0)
        {
            throw new LoadException(Errno.Invalid, $"Error reading ramblock {block.Id} pages, region has bad alignment");
        }

        // QEMU takes any size of pages, and divides by it.
        if (header.PageSize != RamBlock.PageSize || header.PagesOffset > long.MaxValue - block.Length || header.BitmapOffset > long.MaxValue / 2)
        {
            throw new LoadException(Errno.Invalid, $"Error reading ramblock {block.Id} pages, header makes no sense");
        }

        var mapped = new MappedBlock(block, header);
        await ReadBitmapAsync(mapped);
        await ReadPagesAsync(mapped);
        reader.Seek(file, mapped.PlaceOf(block.Length));
    }

    /// <summary>Reads one run of pages.</summary>
    /// <param name="run">The run.</param>
    /// <param name="from">The file.</param>
    /// <exception cref="LoadException">They are not there.</exception>
    /// <exception cref="ChannelException">They cannot be read.</exception>
    public static async ValueTask ReadAsync(MappedRun run, IPageFile from)
    {
        ulong offset = (ulong)run.First * RamBlock.PageSize;
        var pieces = new IoVector[] { new(run.Mapped.Block.Address + (nint)offset, (nint)run.Count * RamBlock.PageSize) };
        long place = run.Mapped.PlaceOf(offset);
        while (pieces[0].Length > 0)
        {
            long read = await from.ReadAtAsync(pieces, place);
            if (read == 0) throw Missing(run, place);
            place += read;
            pieces[0] = new IoVector(pieces[0].Address + (nint)read, pieces[0].Length - (nint)read);
        }

        run.Mapped.Block.EndPlace(run.First, run.Count);
    }

    private static LoadException Missing(MappedRun run, long place) => new(
        Errno.Invalid,
        $"({run.Mapped.Block.Id}) failed to read page {(ulong)run.First * RamBlock.PageSize:x}from file offset {place:x}: ");

    private async ValueTask ReadBitmapAsync(MappedBlock mapped)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(MappedRamHeader.BitmapLength(mapped.Block.Pages), pinned: true);
        var pieces = new IoVector[1];
        for (int done = 0; done < bytes.Length;)
        {
            pieces[0] = new IoVector(Marshal.UnsafeAddrOfPinnedArrayElement(bytes, done), bytes.Length - done);
            int read = (int)await file.ReadAtAsync(pieces, (long)mapped.Header.BitmapOffset + done);
            if (read == 0) throw new LoadException(Errno.Invalid, "Error reading dirty bitmap");
            done += read;
        }

        Span<ulong> words = mapped.Present.Words;
        bytes.CopyTo(MemoryMarshal.AsBytes(words));
        if (mapped.Block.Pages % 64 is var tail and not 0) words[^1] &= (1UL << (int)tail) - 1;
    }

    private async ValueTask ReadPagesAsync(MappedBlock mapped)
    {
        PageBitmap present = mapped.Present;
        for (long page = 0; page < present.Pages;)
        {
            long first = present.NextSet(page);
            for (; page < first; page++) mapped.Block.PlaceZeros(page);
            if (first == present.Pages) break;
            while (page < present.Pages && page - first < MaxRun && present[page]) page++;
            var run = new MappedRun(mapped, first, (int)(page - first));
            if (channels is null) await ReadAsync(run, file);
            else await channels.GiveAsync(run);
        }

        if (channels is not null) await channels.DrainAsync();
    }
}

/// <summary>Pages beside each other that are in the file.</summary>
/// <param name="Mapped">Their block.</param>
/// <param name="First">The number of the first.</param>
/// <param name="Count">How many.</param>
internal sealed record MappedRun(MappedBlock Mapped, long First, int Count);
