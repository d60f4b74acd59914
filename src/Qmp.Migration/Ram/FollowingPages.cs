using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.Postcopy;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Ram;

/// <summary>Loads pages that follow the guest: each is placed as a whole, and once.</summary>
/// <remarks>Texts and order of checks are QEMU's <c>ram_load_postcopy</c>. One for each channel: the block of the last page is its own.</remarks>
/// <param name="memory">Guest memory.</param>
/// <param name="missing">Its pages that have yet to come.</param>
/// <param name="takesBarriers">Whether the marks of other channels may come, which are silent by then.</param>
internal sealed class FollowingPages(GuestMemory memory, MissingMemory missing, bool takesBarriers)
{
    private RamBlock? _current;

    /// <summary>Loads records up to the one that ends the section.</summary>
    public async ValueTask LoadAsync(MigrationReader reader)
    {
        while (await LoadRecordAsync(reader))
        {
        }
    }

    /// <summary>Loads one record.</summary>
    /// <returns>False if it ends the section.</returns>
    /// <exception cref="LoadException">It does not fit, or the stream ends in it.</exception>
    public async ValueTask<bool> LoadRecordAsync(MigrationReader reader)
    {
        await reader.NeedAsync(8);
        if (reader.CountedHere(out long taken) is { } piece && reader.Available >= 8)
        {
            (int from, int count) = await CountedRecords.TakeAsync(reader, piece, taken);
            for (int i = from; i < from + count; i++) PlaceCounted(piece, i);
            return true;
        }

        ulong word = reader.GetBe64();
        if (reader.Failed) throw new LoadException(Errno.InputOutput, "Getting RAM address failed");
        ulong flags = word & RamFlags.Mask;
        ulong offset = word & ~RamFlags.Mask;
        switch (flags & ~RamFlags.Continue)
        {
            case RamFlags.Page:
                await FindBlockAsync(reader, flags, offset);
                await reader.NeedAsync(RamBlock.PageSize);
                LoadPage(reader, offset);
                return true;

            case RamFlags.Zero:
                await FindBlockAsync(reader, flags, offset);
                await reader.NeedAsync(1);
                LoadZeroPage(reader, offset);
                return true;

            case RamFlags.MultifdFlush when takesBarriers:
                return true;

            case RamFlags.EndOfSection:
                return false;

            default:
                throw new LoadException(Errno.Invalid, $"Unknown combination of migration flags: 0x{flags:x} (postcopy mode)");
        }
    }

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
            if (reader.Failed) throw new LoadException(Errno.InputOutput);
            _current = memory.Find(id);
            if (_current is null) reason = $"Can't find block {id}";
        }

        RamLoader.CheckOffset(reason, _current, offset);
    }

    // A page that is cut off is not placed, and one that the guest has had already is not changed under it.
    private void LoadPage(MigrationReader reader, ulong offset)
    {
        if (reader.Available < RamBlock.PageSize) throw new LoadException(Errno.InputOutput);
        long page = (long)(offset / RamBlock.PageSize);
        if (!missing.IsMissing(_current!, page))
        {
            reader.Skip(RamBlock.PageSize);
            return;
        }

        if (reader.CountedHere(out _) is { } piece)
        {
            reader.Skip(RamBlock.PageSize);
            _current!.PlaceCounted(page, piece.States, 0, 1);
            return;
        }

        reader.Get(_current!.BeginPlace(page));
        _current.EndPlace(page);
    }

    private void PlaceCounted(CountedPiece piece, int index)
    {
        long page = piece.First + index;
        if (!missing.IsMissing(_current!, page)) return;
        if (piece.BodyLength == 1) _current!.PlaceZeros(page);
        else _current!.PlaceCounted(page, piece.States, index, 1);
    }

    private void LoadZeroPage(MigrationReader reader, ulong offset)
    {
        byte fill = reader.GetByte();
        if (reader.Failed) throw new LoadException(Errno.InputOutput);
        if (fill != 0) throw new LoadException(Errno.Invalid, $"Found a zero page with value {fill}");
        long page = (long)(offset / RamBlock.PageSize);
        if (missing.IsMissing(_current!, page)) _current!.PlaceZeros(page);
    }
}
