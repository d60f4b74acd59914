using System.Runtime.InteropServices;
using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.Stream;

namespace Qmp.Migration.MappedRam;

/// <summary>The blocks of a file that is being written.</summary>
/// <param name="writer">Writes the stream, which goes around the pages.</param>
/// <param name="file">The same file.</param>
internal sealed class MappedRamFile(MigrationWriter writer, ISeekableChannel file)
{
    private readonly Dictionary<RamBlock, MappedBlock> _blocks = [];
    private readonly byte[] _header = new byte[MappedRamHeader.Length];

    /// <summary>The place of a block.</summary>
    public MappedBlock this[RamBlock block] => _blocks[block];

    /// <summary>Gives the next block a place, and has the stream go on behind it.</summary>
    public async ValueTask AddAsync(RamBlock block)
    {
        await writer.FlushAsync();
        var mapped = new MappedBlock(block, MappedRamHeader.At(file.Position, block));
        mapped.Header.Write(_header);
        writer.PutBytes(_header);
        await writer.FlushAsync();
        file.Position = mapped.PlaceOf(block.Length);
        _blocks.Add(block, mapped);
    }

    /// <summary>Writes which pages are there, when all are.</summary>
    public async ValueTask WriteBitmapsAsync()
    {
        foreach (MappedBlock mapped in _blocks.Values)
        {
            byte[] bytes = GC.AllocateUninitializedArray<byte>(MappedRamHeader.BitmapLength(mapped.Block.Pages), pinned: true);
            MemoryMarshal.AsBytes(mapped.Present.Words).CopyTo(bytes); // words of the host, as QEMU writes them
            var piece = new IoVector(Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0), bytes.Length);
            await file.WriteAtAsync(new[] { piece }, (long)mapped.Header.BitmapOffset);
            GC.KeepAlive(bytes);
            writer.CountElsewhere(bytes.Length);
        }
    }
}
