using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Ram;

/// <summary>Where encoded pages go. Nothing waits here; a caller that puts pages looks at <see cref="IsFull"/> in between.</summary>
internal interface IPageSink
{
    /// <summary>Whether there is enough for a burst.</summary>
    bool IsFull { get; }

    /// <summary>Whether a page counts as sent when it is put; otherwise who sends it counts.</summary>
    bool CountsPages { get; }

    /// <summary>Puts a page of zeros.</summary>
    void PutZero(RamBlock block, long page);

    /// <summary>Puts a page as it is, without a copy: its bytes are read when the burst is sent.</summary>
    void PutNormal(RamBlock block, long page);

    /// <summary>Puts pages of counted memory that follow each other and are all zero, or all not, until there is enough for a burst.</summary>
    /// <returns>How many, at least one.</returns>
    int PutRun(RamBlock block, long first, int count, bool areZero)
    {
        int put = 0;
        do
        {
            if (areZero) PutZero(block, first + put);
            else PutNormal(block, first + put);
        }
        while (++put < count && !IsFull);
        return put;
    }

    /// <summary>Sends what is gathered if it is enough for a burst.</summary>
    ValueTask SendIfFullAsync();

    /// <summary>The list of blocks has been put.</summary>
    ValueTask EndSetupAsync();

    /// <summary>A round over all memory has ended.</summary>
    ValueTask EndRoundAsync();

    /// <summary>A section ends.</summary>
    ValueTask EndSectionAsync();
}

/// <summary>Pages in a stream, as records of the RAM section.</summary>
/// <param name="writer">Writes the stream.</param>
/// <param name="sendIfFull">Sends what is gathered if it is enough for a burst.</param>
internal sealed class InlinePages(MigrationWriter writer, Func<ValueTask> sendIfFull) : IPageSink
{
    private const byte XbzrleEncoding = 1;

    private RamBlock? _last;

    public bool IsFull => writer.IsFull;

    public bool CountsPages => true;

    public void PutZero(RamBlock block, long page)
    {
        PutHeader(block, page, RamFlags.Zero);
        writer.PutByte(0);
    }

    public void PutNormal(RamBlock block, long page)
    {
        PutHeader(block, page, RamFlags.Page);
        if (block.Counted is { } counted) PutCounted(page, RamBlock.PageSize, counted.Capture(page, 1));
        else writer.PutReference(block.Address + (nint)(page * RamBlock.PageSize), RamBlock.PageSize);
    }

    // The header of the first page of a block names it, so it has bytes; those of the others are known.
    public int PutRun(RamBlock block, long first, int count, bool areZero)
    {
        if (count > 1 && ReferenceEquals(block, _last))
        {
            CountedPages counted = block.Counted!;
            return areZero
                ? writer.PutRecords(count, sizeof(ulong) + 1, 0, n => Records(n, 1, new PageStates(PageState.Zero)))
                : writer.PutRecords(count, sizeof(ulong), RamBlock.PageSize, n => Records(n, RamBlock.PageSize, counted.Capture(first, n)));
        }

        if (areZero) PutZero(block, first);
        else PutNormal(block, first);
        return 1;

        CountedPiece Records(int n, int body, PageStates states) =>
            new((long)n * (sizeof(ulong) + body), first, n, sizeof(ulong), body, states);
    }

    /// <summary>Puts a counted page as it was; what it holds is in its state.</summary>
    public void PutCounted(RamBlock block, long page, PageStates states)
    {
        PutHeader(block, page, RamFlags.Page);
        PutCounted(page, RamBlock.PageSize, states);
    }

    /// <summary>Puts a page that was copied; the copy stays until the burst is sent.</summary>
    public void PutCopy(RamBlock block, long page, nint copy)
    {
        PutHeader(block, page, RamFlags.Page);
        writer.PutReference(copy, RamBlock.PageSize);
    }

    /// <summary>Puts what has changed of a page; the bytes stay until the burst is sent.</summary>
    /// <returns>How many bytes it takes, without the word that all pages begin with.</returns>
    public long PutDifference(RamBlock block, long page, nint bytes, int length)
    {
        long start = writer.Position;
        PutHeader(block, page, RamFlags.Xbzrle);
        writer.PutByte(XbzrleEncoding);
        writer.PutBe16((ushort)length);
        writer.PutReference(bytes, length);
        return writer.Position - start - sizeof(ulong);
    }

    /// <summary>Puts what has changed of a counted page.</summary>
    /// <returns>How many bytes it takes, without the word that all pages begin with.</returns>
    public long PutCountedDifference(RamBlock block, long page, int length, PageStates states)
    {
        long start = writer.Position;
        PutHeader(block, page, RamFlags.Xbzrle);
        writer.PutByte(XbzrleEncoding);
        writer.PutBe16((ushort)length);
        PutCounted(page, length, states);
        return writer.Position - start - sizeof(ulong);
    }

    /// <summary>Names the block of the next page, whatever that of the last was.</summary>
    public void Forget() => _last = null;

    public ValueTask SendIfFullAsync() => sendIfFull();

    public ValueTask EndSetupAsync() => ValueTask.CompletedTask;

    public ValueTask EndRoundAsync() => ValueTask.CompletedTask;

    public ValueTask EndSectionAsync() => ValueTask.CompletedTask;

    private void PutCounted(long page, int length, PageStates states) => writer.PutCounted(new CountedPiece(length, page, 1, 0, length, states));

    private void PutHeader(RamBlock block, long page, ulong flag)
    {
        ulong offset = (ulong)page * RamBlock.PageSize;
        if (ReferenceEquals(block, _last))
        {
            writer.PutBe64(offset | flag | RamFlags.Continue);
            return;
        }

        writer.PutBe64(offset | flag);
        writer.PutCountedString(block.Id);
        _last = block;
    }
}
