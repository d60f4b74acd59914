using System.Buffers.Binary;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.ReturnPath;
using Serilog;

namespace Qmp.Migration.Postcopy;

/// <summary>The pages of a destination's memory that have yet to come.</summary>
/// <remarks>The source names them before the guest is handed over. From then on the blocks' gates are closed for them.</remarks>
internal sealed class MissingMemory
{
    private readonly GuestMemory _memory;
    private readonly MissingPages[] _blocks;
    private readonly ILogger _logger;
    private volatile ReturnPathWriter? _returnPath;
    private volatile bool _isAbandoned;

    /// <param name="timeline">Where the machine runs.</param>
    /// <param name="memory">Its memory, all of which is here so far.</param>
    /// <param name="logger">Is told of requests that could not be sent.</param>
    public MissingMemory(Timeline timeline, GuestMemory memory, ILogger logger)
    {
        _memory = memory;
        _logger = logger;
        _blocks = [.. memory.Blocks.Select(block => new MissingPages(timeline, block, Times, AskAsync))];
    }

    /// <summary>How long was waited for pages.</summary>
    public BlockTimes Times { get; } = new();

    /// <summary>Whether pages are waited for: the gates are closed.</summary>
    public bool IsArmed { get; private set; }

    /// <summary>The return path that pages are asked for over; without one, they are asked for when there is one again.</summary>
    public ReturnPathWriter? ReturnPath
    {
        set => _returnPath = value;
    }

    /// <summary>How many pages have yet to come.</summary>
    public long Count => _blocks.Sum(block => block.Closed.Count());

    /// <summary>Names pages that are not right here.</summary>
    public void Discard(RamBlock block, long page, long count) => Find(block).Closed.SetRange(page, count);

    /// <summary>Whether a page has yet to come.</summary>
    public bool IsMissing(RamBlock block, long page) => Find(block).Closed[page];

    /// <summary>Closes the gates. The guest does not run yet.</summary>
    public void Arm()
    {
        IsArmed = true;
        foreach (MissingPages pages in _blocks)
        {
            if (_isAbandoned) pages.OpenAll();
            pages.Block.Gate = pages;
        }
    }

    /// <summary>All has been sent: opens the gates for good. What never came reads as zeros.</summary>
    public void Complete()
    {
        foreach (MissingPages pages in _blocks)
        {
            for (long page = pages.Closed.NextSet(0); page < pages.Block.Pages; page = pages.Closed.NextSet(page + 1))
            {
                pages.Block.PlaceZeros(page);
            }

            pages.Remove();
        }
    }

    /// <summary>Nothing more will come, and the machine ends: lets everybody go on.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        if (IsArmed && Count > 0) _memory.Abandon();
        foreach (MissingPages pages in _blocks) pages.Remove();
    }

    /// <summary>Waits until all pages have come that somebody waits for.</summary>
    /// <param name="waker">Wakes the activity that calls.</param>
    /// <param name="isLost">Whether pages that are waited for cannot come.</param>
    /// <returns>Whether all have come.</returns>
    public async ValueTask<bool> DrainAsync(Waker waker, Func<bool> isLost)
    {
        foreach (MissingPages pages in _blocks) pages.Served = waker.Wake;
        while (Array.Exists(_blocks, pages => pages.IsWaitedFor))
        {
            if (isLost()) return false;
            await waker.WaitAsync();
        }

        return true;
    }

    /// <summary>Asks once more for all pages that somebody waits for.</summary>
    public async ValueTask AskAgainAsync()
    {
        foreach (MissingPages pages in _blocks)
        {
            foreach (long page in pages.Wanted)
            {
                if (pages.Closed[page]) await AskAsync(pages.Block, page);
            }
        }
    }

    /// <summary>The pages of a block that are here, as the return path carries them.</summary>
    public byte[] ReceivedBitmap(RamBlock block)
    {
        MissingPages pages = Find(block);
        byte[] bytes = new byte[pages.Closed.Words.Length * sizeof(ulong)];
        for (int i = 0; i < pages.Closed.Words.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), ~pages.Closed.Words[i]);
        }

        if (block.Pages % 64 is var tail and not 0)
        {
            Span<byte> last = bytes.AsSpan(bytes.Length - sizeof(ulong));
            BinaryPrimitives.WriteUInt64LittleEndian(last, BinaryPrimitives.ReadUInt64LittleEndian(last) & ((1UL << (int)tail) - 1));
        }

        return bytes;
    }

    // A request that cannot be sent is sent when the source is there again.
    private async ValueTask AskAsync(RamBlock block, long page)
    {
        if (_returnPath is not { } returnPath) return;
        try
        {
            await returnPath.RequestPageAsync(block.Id, (ulong)page * RamBlock.PageSize, RamBlock.PageSize);
        }
        catch (Exception e) when (e is ChannelException or FaultException)
        {
            _logger.Debug("migrate_send_rp_req_pages {Error:l}", e.Message);
        }
    }

    private MissingPages Find(RamBlock block) => Array.Find(_blocks, pages => ReferenceEquals(pages.Block, block))!;
}
