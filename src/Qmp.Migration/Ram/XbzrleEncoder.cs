using Qmp.Machine.Memory;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Xbzrle;

namespace Qmp.Migration.Ram;

/// <summary>
/// Sends of a page what has changed since it was sent last. It begins with the second round over memory; what a page was is
/// in a cache of limited size.
/// </summary>
/// <remarks>
/// A page that is sent whole is sent as the cache has it from then on, though the guest may change it meanwhile: the next
/// difference is to what the destination has.
/// </remarks>
internal sealed class XbzrleEncoder : PageEncoder
{
    private static readonly byte[] Zeros = new byte[RamBlock.PageSize];

    private readonly SaveContext _context;
    private readonly InlinePages _pages;
    private readonly CopyRing _copies = new();
    private readonly Dictionary<RamBlock, ulong> _addresses = [];
    private readonly byte[] _current = new byte[RamBlock.PageSize];
    private XbzrleCache _cache;

    /// <param name="context">The attempt.</param>
    /// <param name="pages">Where pages go.</param>
    /// <param name="blocks">The blocks that are sent.</param>
    public XbzrleEncoder(SaveContext context, InlinePages pages, IEnumerable<RamBlock> blocks)
    {
        _context = context;
        _pages = pages;
        _cache = new XbzrleCache(CacheSize);
        ulong address = 0;
        foreach (RamBlock block in blocks)
        {
            _addresses.Add(block, address);
            address += block.Length;
        }
    }

    /// <summary>Whether a round has ended, so that pages have been sent before.</summary>
    public bool IsStarted { get; set; }

    /// <summary>Whether the guest is stopped, so that nothing is sent again.</summary>
    public bool IsLast { get; set; }

    private XbzrleStatistics Statistics => _context.Statistics.Xbzrle;

    private ulong CacheSize => _context.Parameters.XbzrleCacheSize ?? RamBlock.PageSize;

    private long Age => _context.Statistics.DirtySyncCount;

    /// <summary>The size of the cache may have been changed; then it begins anew.</summary>
    public void Resize()
    {
        if (_cache.Size != CacheSize) _cache = new XbzrleCache(CacheSize);
    }

    /// <summary>A page of zeros has been sent as such.</summary>
    public void Zeroed(RamBlock block, long page)
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
                Statistics.Count(_pages.PutDifference(block, page, place, length), isOverflow: false);
                return true;
        }
    }

    private bool PutWhole(RamBlock block, long page, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_copies.Next(out nint place));
        _copies.Keep();
        _pages.PutCopy(block, page, place);
        _context.Statistics.AddNormalPages(1);
        return true;
    }

    private ulong AddressOf(RamBlock block, long page) => _addresses[block] + ((ulong)page * RamBlock.PageSize);
}
