using Qmp.Machine.Memory;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;

namespace Qmp.Migration.Ram;

/// <summary>
/// Sends of a page what has changed since it was sent last. It begins with the second round over memory; what a page was is
/// in a cache of limited size.
/// </summary>
internal abstract class XbzrleEncoder : PageEncoder
{
    private readonly Dictionary<RamBlock, ulong> _addresses = [];

    /// <param name="context">The attempt.</param>
    /// <param name="pages">Where pages go.</param>
    /// <param name="blocks">The blocks that are sent.</param>
    protected XbzrleEncoder(SaveContext context, InlinePages pages, IEnumerable<RamBlock> blocks)
    {
        Context = context;
        Pages = pages;
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

    /// <summary>The attempt.</summary>
    protected SaveContext Context { get; }

    /// <summary>Where pages go.</summary>
    protected InlinePages Pages { get; }

    /// <summary>What clients see of it.</summary>
    protected XbzrleStatistics Statistics => Context.Statistics.Xbzrle;

    /// <summary>Bytes of the cache.</summary>
    protected ulong CacheSize => Context.Parameters.XbzrleCacheSize ?? RamBlock.PageSize;

    /// <summary>How often the dirty log was synced.</summary>
    protected long Age => Context.Statistics.DirtySyncCount;

    /// <summary>The encoder for such memory.</summary>
    public static XbzrleEncoder Create(SaveContext context, InlinePages pages, IReadOnlyList<RamBlock> blocks) =>
        blocks.Any(block => block.Counted is not null)
            ? new CountedXbzrleEncoder(context, pages, blocks)
            : new StoredXbzrleEncoder(context, pages, blocks);

    /// <summary>The size of the cache may have been changed; then it begins anew.</summary>
    public abstract void Resize();

    /// <summary>A page of zeros has been sent as such.</summary>
    public abstract void Zeroed(RamBlock block, long page);

    /// <summary>Where a page is among all that are sent.</summary>
    protected ulong AddressOf(RamBlock block, long page) => _addresses[block] + ((ulong)page * RamBlock.PageSize);
}
