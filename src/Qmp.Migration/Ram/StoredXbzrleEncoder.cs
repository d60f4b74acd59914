using Qmp.Machine.Memory;
using Qmp.Migration.SaveState;
using Qmp.Migration.Xbzrle;

namespace Qmp.Migration.Ram;

/// <summary>Compares pages that are stored.</summary>
/// <remarks>
/// A page that is sent whole is sent as the cache has it from then on, though the guest may change it meanwhile: the next
/// difference is to what the destination has.
/// </remarks>
internal sealed class StoredXbzrleEncoder : XbzrleEncoder
{
    private static readonly byte[] Zeros = new byte[RamBlock.PageSize];

    private readonly CopyRing _copies = new();
    private readonly byte[] _current = new byte[RamBlock.PageSize];
    private XbzrleCache _cache;

    /// <inheritdoc/>
    public StoredXbzrleEncoder(SaveContext context, InlinePages pages, IEnumerable<RamBlock> blocks)
        : base(context, pages, blocks) => _cache = new XbzrleCache(CacheSize);

    public override void Resize()
    {
        if (_cache.Size != CacheSize) _cache = new XbzrleCache(CacheSize);
    }

    public override void Zeroed(RamBlock block, long page)
    {
        if (IsStarted) _cache.TryPut(AddressOf(block, page), Zeros, Age, out _);
    }

    protected override bool TryEncode(RamBlock block, long page, IPageSink sink)
    {
        if (!IsStarted) return false;
        ReadOnlySpan<byte> now = block.Peek((ulong)page * RamBlock.PageSize, RamBlock.PageSize);
        ulong address = AddressOf(block, page);
        if (!_cache.TryGet(address, Age, out Memory<byte> cached))
        {
            Statistics.CountMiss();
            return !IsLast && _cache.TryPut(address, now, Age, out cached) && PutWhole(block, page, cached.Span);
        }

        now.CopyTo(_current);
        Span<byte> target = _copies.Next(out nint place);
        int length = XbzrleCodec.Encode(cached.Span, _current, target);
        if (!IsLast && length != 0) _current.CopyTo(cached);
        switch (length)
        {
            case 0:
                Statistics.Count(0, isOverflow: false);
                return true;

            case XbzrleCodec.Overflow:
                Statistics.Count(RamBlock.PageSize, isOverflow: true);
                return !IsLast && PutWhole(block, page, cached.Span);

            default:
                _copies.Keep();
                Statistics.Count(Pages.PutDifference(block, page, place, length), isOverflow: false);
                return true;
        }
    }

    private bool PutWhole(RamBlock block, long page, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_copies.Next(out nint place));
        _copies.Keep();
        Pages.PutCopy(block, page, place);
        Context.Statistics.AddNormalPages(1);
        return true;
    }
}
