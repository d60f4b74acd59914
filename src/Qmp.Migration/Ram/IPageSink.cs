using Qmp.Machine.Memory;
using Qmp.Migration.SaveState;
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

    /// <summary>Sends what is gathered if it is enough for a burst.</summary>
    ValueTask SendIfFullAsync();

    /// <summary>The list of blocks has been put.</summary>
    ValueTask EndSetupAsync();

    /// <summary>A round over all memory has ended.</summary>
    ValueTask EndRoundAsync();

    /// <summary>A section ends.</summary>
    ValueTask EndSectionAsync();
}

/// <summary>Pages in the main stream, as records of the RAM section.</summary>
internal sealed class InlinePages(SaveContext context) : IPageSink
{
    private const byte XbzrleEncoding = 1;

    private readonly MigrationWriter _writer = context.Writer;
    private RamBlock? _last;

    public bool IsFull => _writer.IsFull;

    public bool CountsPages => true;

    public void PutZero(RamBlock block, long page)
    {
        PutHeader(block, page, RamFlags.Zero);
        _writer.PutByte(0);
    }

    public void PutNormal(RamBlock block, long page)
    {
        PutHeader(block, page, RamFlags.Page);
        _writer.PutReference(block.Address + (nint)(page * RamBlock.PageSize), RamBlock.PageSize);
    }

    /// <summary>Puts a page that was copied; the copy stays until the burst is sent.</summary>
    public void PutCopy(RamBlock block, long page, nint copy)
    {
        PutHeader(block, page, RamFlags.Page);
        _writer.PutReference(copy, RamBlock.PageSize);
    }

    /// <summary>Puts what has changed of a page; the bytes stay until the burst is sent.</summary>
    /// <returns>How many bytes it takes, without the word that all pages begin with.</returns>
    public long PutDifference(RamBlock block, long page, nint bytes, int length)
    {
        long start = _writer.Position;
        PutHeader(block, page, RamFlags.Xbzrle);
        _writer.PutByte(XbzrleEncoding);
        _writer.PutBe16((ushort)length);
        _writer.PutReference(bytes, length);
        return _writer.Position - start - sizeof(ulong);
    }

    /// <summary>Names the block of the next page, whatever that of the last was.</summary>
    public void Forget() => _last = null;

    public ValueTask SendIfFullAsync() => context.FlushIfFullAsync();

    public ValueTask EndSetupAsync() => ValueTask.CompletedTask;

    public ValueTask EndRoundAsync() => ValueTask.CompletedTask;

    public ValueTask EndSectionAsync() => ValueTask.CompletedTask;

    private void PutHeader(RamBlock block, long page, ulong flag)
    {
        ulong offset = (ulong)page * RamBlock.PageSize;
        if (ReferenceEquals(block, _last))
        {
            _writer.PutBe64(offset | flag | RamFlags.Continue);
            return;
        }

        _writer.PutBe64(offset | flag);
        _writer.PutCountedString(block.Id);
        _last = block;
    }
}
