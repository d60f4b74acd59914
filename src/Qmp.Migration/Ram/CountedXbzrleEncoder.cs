using Qmp.Machine.Memory;
using Qmp.Migration.SaveState;
using Qmp.Migration.Xbzrle;

namespace Qmp.Migration.Ram;

/// <summary>Compares pages that are counted: their bytes are made from their states, and only as many as can differ.</summary>
internal sealed class CountedXbzrleEncoder : XbzrleEncoder
{
    private readonly byte[] _before = new byte[RamBlock.PageSize];
    private readonly byte[] _now = new byte[RamBlock.PageSize];
    private readonly byte[] _difference = new byte[RamBlock.PageSize];
    private XbzrlePlaces<PageStates> _cache;

    /// <inheritdoc/>
    public CountedXbzrleEncoder(SaveContext context, InlinePages pages, IEnumerable<RamBlock> blocks)
        : base(context, pages, blocks) => _cache = new XbzrlePlaces<PageStates>(CacheSize);

    public override void Resize()
    {
        if (_cache.Size != CacheSize) _cache = new XbzrlePlaces<PageStates>(CacheSize);
    }

    public override void Zeroed(RamBlock block, long page)
    {
        if (IsStarted && _cache.TryTake(AddressOf(block, page), Age, out int place)) _cache[place] = new PageStates(PageState.Zero);
    }

    protected override bool TryEncode(RamBlock block, long page, IPageSink sink)
    {
        if (!IsStarted) return false;
        ulong address = AddressOf(block, page);
        PageStates now = block.Counted!.Capture(page, 1);
        if (!_cache.TryFind(address, Age, out int place))
        {
            Statistics.CountMiss();
            if (IsLast || !_cache.TryTake(address, Age, out place)) return false;
            _cache[place] = now;
            return PutWhole(block, page, now);
        }

        int length = Encode(page, _cache[place]!, now);
        if (!IsLast && length != 0) _cache[place] = now;
        switch (length)
        {
            case 0:
                Statistics.Count(0, isOverflow: false);
                return true;

            case XbzrleCodec.Overflow:
                Statistics.Count(RamBlock.PageSize, isOverflow: true);
                return !IsLast && PutWhole(block, page, now);

            default:
                Statistics.Count(Pages.PutCountedDifference(block, page, length, now), isOverflow: false);
                return true;
        }
    }

    // Where only the latest write differs, what lies behind it is equal up to the end and so left out.
    private int Encode(long page, PageStates before, PageStates now)
    {
        PageState older = before[0];
        PageState newer = now[0];
        if (older.Kind == newer.Kind && !newer.Kind.IsRaw && older.Generation > 0 && newer.Generation > 0)
        {
            if (older == newer) return 0;
            PageContent.MakeWritten(older, page, _before);
            PageContent.MakeWritten(newer, page, _now);
            return XbzrleCodec.Encode(_before.AsSpan(0, older.Kind.Change), _now.AsSpan(0, newer.Kind.Change), _difference);
        }

        before.Make(0, page, _before);
        now.Make(0, page, _now);
        return XbzrleCodec.Encode(_before, _now, _difference);
    }

    private bool PutWhole(RamBlock block, long page, PageStates now)
    {
        Pages.PutCounted(block, page, now);
        Context.Statistics.AddNormalPages(1);
        return true;
    }
}
