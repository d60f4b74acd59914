using Qmp.Machine.Memory;

namespace Qmp.Migration.Ram;

/// <summary>One way to send a page. Of several, the first that can does it.</summary>
internal abstract class PageEncoder
{
    /// <summary>How many pages it has put.</summary>
    public long Count { get; private set; }

    /// <summary>Counts pages that were put with others.</summary>
    public void Add(int pages) => Count += pages;

    /// <summary>Puts a page where pages go, if this way fits it.</summary>
    /// <returns>Whether it did.</returns>
    public bool TryPut(RamBlock block, long page, IPageSink sink)
    {
        if (!TryEncode(block, page, sink)) return false;
        Count++;
        return true;
    }

    /// <inheritdoc cref="TryPut"/>
    protected abstract bool TryEncode(RamBlock block, long page, IPageSink sink);
}

/// <summary>Sends of a page of zeros only that it is one.</summary>
internal sealed class ZeroPageEncoder : PageEncoder
{
    protected override bool TryEncode(RamBlock block, long page, IPageSink sink)
    {
        if (!block.IsZero(page)) return false;
        sink.PutZero(block, page);
        return true;
    }
}

/// <summary>Sends the bytes of a page, whatever they are.</summary>
internal sealed class NormalPageEncoder : PageEncoder
{
    protected override bool TryEncode(RamBlock block, long page, IPageSink sink)
    {
        sink.PutNormal(block, page);
        return true;
    }
}
