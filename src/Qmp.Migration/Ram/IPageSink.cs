using Qmp.Machine.Memory;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Ram;

/// <summary>Where encoded pages go. Nothing waits here; a caller that puts pages looks at <see cref="IsFull"/> in between.</summary>
internal interface IPageSink
{
    /// <summary>Whether there is enough for a burst.</summary>
    bool IsFull { get; }

    /// <summary>Puts a page of zeros.</summary>
    void PutZero(RamBlock block, long page);

    /// <summary>Puts a page as it is, without a copy: its bytes are read when the burst is sent.</summary>
    void PutNormal(RamBlock block, long page);
}

/// <summary>Pages in the main stream, as records of the RAM section.</summary>
internal sealed class InlinePages(MigrationWriter writer) : IPageSink
{
    private RamBlock? _last;

    public bool IsFull => writer.IsFull;

    public void PutZero(RamBlock block, long page)
    {
        PutHeader(block, page, RamFlags.Zero);
        writer.PutByte(0);
    }

    public void PutNormal(RamBlock block, long page)
    {
        PutHeader(block, page, RamFlags.Page);
        writer.PutReference(block.Address + (nint)(page * RamBlock.PageSize), RamBlock.PageSize);
    }

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
