using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.MappedRam;
using Qmp.Migration.Postcopy;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;
using Qmp.Migration.Xbzrle;
using Qmp.Types;

namespace Qmp.Migration.Ram;

/// <summary>Loads the bodies of RAM sections into guest memory.</summary>
/// <remarks>Texts and order of checks are QEMU's <c>ram_load_precopy</c>, as seen on its stderr.</remarks>
internal sealed class RamLoader : StateLoader
{
    private const byte XbzrleEncoding = 1;

    private readonly LoadContext _context;
    private readonly GuestMemory _memory;
    private readonly bool _ignoreShared;
    private readonly IgnoredBlocks _ignored;
    private RamBlock? _current;
    private FollowingPages? _following; // in postcopy

    public RamLoader(LoadContext context, GuestMemory memory)
    {
        _context = context;
        _memory = memory;
        _ignoreShared = context.Has(MigrationCapability.XIgnoreShared);
        _ignored = new IgnoredBlocks(_ignoreShared, context.KeepsMemory);
    }

    /// <summary>Loads records up to the one that ends the section.</summary>
    public override async ValueTask LoadAsync(MigrationReader reader, int version)
    {
        if (version != 4) throw new LoadException(Errno.Invalid);
        if (_context.Postcopy is { State: >= PostcopyState.Listening } postcopy)
        {
            _following ??= new FollowingPages(_memory, postcopy.Missing, takesBarriers: _context.Multifd is not null);
            await _following.LoadAsync(reader);
            return;
        }

        while (true)
        {
            await reader.NeedAsync(8);
            if (reader.CountedHere(out long taken) is { } piece && reader.Available >= 8)
            {
                await LoadCountedAsync(reader, piece, taken);
                continue;
            }

            ulong word = reader.GetBe64();
            if (reader.Failed) throw new LoadException(Errno.InputOutput, "Getting RAM address failed");
            ulong flags = word & RamFlags.Mask;
            ulong offset = word & ~RamFlags.Mask;
            if (_context.File is not null && (flags & RamFlags.Unmapped) is var unexpected and not 0)
            {
                throw new LoadException(Errno.Invalid, $"Unexpected RAM flags: {unexpected}");
            }

            switch (flags & ~RamFlags.Continue)
            {
                case RamFlags.Page:
                    await FindBlockAsync(reader, flags, offset);
                    await reader.NeedAsync(RamBlock.PageSize);
                    LoadPage(reader, offset);
                    break;

                case RamFlags.Xbzrle:
                    await FindBlockAsync(reader, flags, offset);
                    await LoadDifferenceAsync(reader, offset);
                    break;

                case RamFlags.Zero:
                    await FindBlockAsync(reader, flags, offset);
                    await reader.NeedAsync(1);
                    LoadZeroPage(reader, offset);
                    break;

                case RamFlags.MemorySize:
                    await LoadBlockListAsync(reader, offset);
                    break;

                case RamFlags.MultifdFlush when _context.Multifd is { } multifd:
                    await multifd.SyncAsync();
                    break;

                case RamFlags.EndOfSection:
                    if (_context is { Multifd: { } channels, SyncsSections: true }) await channels.SyncAsync();
                    return;

                default:
                    throw new LoadException(
                        Errno.Invalid, $"Unknown combination of migration flags: 0x{flags:x}");
            }

            if (reader.Failed) throw new LoadException(Errno.InputOutput);
        }
    }

    // After this _current is the record's block and the offset lies inside it.
    private async ValueTask FindBlockAsync(MigrationReader reader, ulong flags, ulong offset)
    {
        string? reason = null;
        if ((flags & RamFlags.Continue) != 0)
        {
            if (_current is null) reason = "Ack, bad migration stream!";
        }
        else
        {
            await reader.NeedCountedStringAsync();
            string id = reader.GetCountedString(out _);
            _current = _memory.Find(id);
            if (_current is null) reason = $"Can't find block {id}";
            else if (_ignored.Contains(_current)) reason = $"block {id} should not be migrated !";
        }

        CheckOffset(reason, _current, offset);
    }

    /// <summary>Refuses a record that names no place of guest memory.</summary>
    /// <param name="reason">Why its block is none that may come; <see langword="null"/> if it may.</param>
    /// <param name="block">The block.</param>
    /// <param name="offset">Where the page begins.</param>
    /// <exception cref="LoadException">There is no such block, or no such place in it.</exception>
    internal static void CheckOffset(string? reason, RamBlock? block, ulong offset)
    {
        if (reason is null && offset < block!.Length) return;
        string illegal = $"Illegal RAM offset {offset:x}";
        throw reason is null
            ? new LoadException(Errno.Invalid, illegal)
            : new LoadException(Errno.Invalid, reason).Because(illegal);
    }

    private async ValueTask LoadCountedAsync(MigrationReader reader, CountedPiece piece, long taken)
    {
        (int from, int count) = await CountedRecords.TakeAsync(reader, piece, taken);
        if (piece.BodyLength == 1) _current!.PlaceZeros(piece.First + from, count);
        else _current!.PlaceCounted(piece.First + from, piece.States, from, count);
    }

    // True if the page's bytes are only counted, and are here.
    private bool TryLoadCounted(MigrationReader reader, long page, int length)
    {
        if (reader.CountedHere(out _) is not { } piece || reader.Available < length) return false;
        reader.Skip(length);
        _current!.PlaceCounted(page, piece.States, 0, 1);
        return true;
    }

    private void LoadPage(MigrationReader reader, ulong offset)
    {
        long page = (long)(offset / RamBlock.PageSize);
        if (TryLoadCounted(reader, page, RamBlock.PageSize)) return;
        reader.Get(_current!.BeginPlace(page));
        _current.EndPlace(page);
    }

    private async ValueTask LoadDifferenceAsync(MigrationReader reader, ulong offset)
    {
        await reader.NeedAsync(3);
        byte encoding = reader.GetByte();
        int length = reader.GetBe16();
        if (encoding != XbzrleEncoding) throw Refused("wrong compression");
        if (length > RamBlock.PageSize) throw Refused("len overflow");
        await reader.NeedAsync(length);
        if (reader.Available < length)
        {
            reader.Get(new byte[length]); // which marks the stream as ended
            throw Refused("decode error");
        }

        long page = (long)(offset / RamBlock.PageSize);
        if (TryLoadCounted(reader, page, length)) return;
        bool isRight = XbzrleCodec.TryDecode(reader.Buffered[..length], _current!.BeginPlace(page));
        reader.Skip(length);
        _current.EndPlace(page);
        if (!isRight) throw Refused("decode error");

        LoadException Refused(string reason) => new LoadException(Errno.Invalid, $"Failed to load XBZRLE page - {reason}!")
            .While($"Failed to decompress XBZRLE page at {offset:x}");
    }

    private void LoadZeroPage(MigrationReader reader, ulong offset)
    {
        byte fill = reader.GetByte();
        if (fill != 0) throw new LoadException(Errno.Invalid, $"Found a zero page with value {fill}");

        _current!.PlaceZeros((long)(offset / RamBlock.PageSize));
    }

    private async ValueTask LoadBlockListAsync(MigrationReader reader, ulong total)
    {
        while (total > 0)
        {
            await reader.NeedCountedStringAsync();
            string id = reader.GetCountedString(out _);
            await reader.NeedAsync(8);
            ulong length = reader.GetBe64();
            RamBlock? block = _memory.Find(id);
            if (block is null)
            {
                throw new LoadException(Errno.Invalid, $"Unknown ramblock \"{id}\", cannot accept migration");
            }

            if (length != block.Length)
            {
                throw new LoadException(
                    Errno.Invalid, $"Size mismatch: {id}: 0x{length:x} != 0x{block.Length:x}: Invalid argument");
            }

            if (_ignoreShared)
            {
                await reader.NeedAsync(8);
                ulong address = reader.GetBe64();
                if (_ignored.Contains(block) && address != 0)
                {
                    throw new LoadException(Errno.Invalid, $"Mismatched GPAs for block {id} {address}!= 0");
                }
            }

            if (reader.Failed) throw new LoadException(Errno.InputOutput);
            if (_context.File is { } file && !_ignored.Contains(block))
            {
                await new MappedRamReader(reader, file, _context.FileReaders).LoadAsync(block);
            }

            total -= length;
        }
    }
}
