using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Ram;

/// <summary>Sends guest RAM: everything once, then what was dirtied since.</summary>
/// <remarks>
/// The blocks' dirty logs are where guests record writes; the bitmaps here are what is left to send. A sync moves bits
/// from the former to the latter. A page's bit is cleared before its data is looked at, so a write in between is in the
/// next sync.
/// </remarks>
internal sealed class RamSaver : StateSaver
{
    /// <summary>An iteration ends after so many milliseconds, looked at after each burst.</summary>
    private const long MaxIteration = 50;

    // A burst is one system call. Longer ones are cheaper, but nothing is looked at in between: 128 KiB on a slow link.
    private const long MinBurst = 128 * 1024;
    private const long MaxBurst = 1024 * 1024;
    private const long FastBurst = 1_000_000; // ns
    private const long SlowBurst = 5_000_000; // ns

    private readonly SaveContext _context;
    private readonly GuestMemory _memory;
    private readonly List<Sent> _blocks = [];
    private readonly bool _ignoreShared;
    private readonly bool _detectZeroPages;
    private long _dirtyPages;
    private int _block;
    private long _page;
    private RamBlock? _lastSent;
    private long _burst = MinBurst;

    // The first burst counts by how the guest was in setup: a client that stops it on hearing that the migration is
    // active comes after QEMU's first pages.
    private bool? _ranAtSetup;

    public RamSaver(SaveContext context, GuestMemory memory)
    {
        _context = context;
        _memory = memory;
        _ignoreShared = context.Has(MigrationCapability.XIgnoreShared);
        _detectZeroPages = context.Parameters.ZeroPageDetection != ZeroPageDetection.None;
        foreach (RamBlock block in _memory.Blocks)
        {
            if (_ignoreShared && block.IsShared) continue;
            _blocks.Add(new Sent(block, new PageBitmap(block.Pages)));
            context.Statistics.Total += (long)block.Length;
        }
    }

    public override bool IsIterative => true;

    public override PendingState PendingEstimate => new(DirtyBytes, 0);

    // Bytes of pages known to be dirty.
    private ulong DirtyBytes => (ulong)_dirtyPages * RamBlock.PageSize;

    /// <summary>Syncs the dirty log first.</summary>
    public override async ValueTask<PendingState> PendingExactAsync()
    {
        await SyncDirtyLogAsync();
        return PendingEstimate;
    }

    /// <summary>Writes the list of blocks.</summary>
    /// <exception cref="MigrationException">It cannot be sent.</exception>
    public override async ValueTask SetupAsync()
    {
        foreach (Sent sent in _blocks)
        {
            sent.Block.DirtyLog.Fill(false);
            sent.Dirty.Fill(true);
            _dirtyPages += sent.Block.Pages;
        }

        await SyncDirtyLogAsync();
        _ranAtSetup = _context.GuestRuns;
        _context.Writer.PutBe64(_memory.TotalLength | RamFlags.MemorySize);
        foreach (RamBlock block in _memory.Blocks)
        {
            _context.Writer.PutCountedString(block.Id);
            _context.Writer.PutBe64(block.Length);

            // The block's address in its region, which for RAM blocks of ours is the region's start.
            if (_ignoreShared) _context.Writer.PutBe64(0);
            await _context.FlushIfFullAsync();
        }

        _context.Writer.PutBe64(RamFlags.EndOfSection);

        // QEMU has mostly begun with the pages when its command turns out to be gone.
        if (_context.Writer.PeerIsStarting) return;
        try
        {
            await _context.FlushAsync();
        }
        catch (ChannelException)
        {
            throw new MigrationException($"ram_save_setup failed: {Errno.InputOutput.Text()}");
        }
    }

    // Takes the bits out of the dirty logs.
    private async ValueTask SyncDirtyLogAsync()
    {
        await _context.AtAsync(FaultPoint.DirtySync);
        long startedAt = _context.Now;
        long added = 0;
        foreach (Sent sent in _blocks) added += sent.Block.DirtyLog.DrainInto(sent.Dirty);
        _dirtyPages += added;
        _context.BookDirtySync(startedAt, added, (long)DirtyBytes);
        await _context.AtAsync(FaultPoint.DirtySyncDone);
    }

    /// <summary>Sends dirty pages until none is left, the rate limit is hit or 50 ms have passed.</summary>
    public override async ValueTask IterateAsync()
    {
        long end = _context.Now + MaxIteration;
        while (!_context.RateExceeded && _dirtyPages > 0)
        {
            await SendBurstAsync(Math.Clamp(_context.RateLeft, MinBurst, _burst));
            if (_context.Now > end) break;
        }

        // The footer stays behind until there is more to send, as in QEMU: a connection that breaks meanwhile ends
        // inside a section, and the destination says so.
        _context.Writer.PutBe64(RamFlags.EndOfSection);
        await _context.FlushAsync();
    }

    /// <summary>Sends everything that is left; the guest is stopped.</summary>
    public override async ValueTask CompleteAsync()
    {
        _ranAtSetup = null;
        await SyncDirtyLogAsync();
        while (_dirtyPages > 0) await SendBurstAsync(_burst);
        _context.Writer.PutBe64(RamFlags.EndOfSection);
    }

    private async ValueTask SendBurstAsync(long size)
    {
        _context.Writer.Burst = size;
        GatherBurst();
        long before = _context.NowNanoseconds;
        await _context.FlushIfFullAsync();
        long took = _context.NowNanoseconds - before;
        if (took > SlowBurst) _burst = Math.Max(MinBurst, _burst / 2);
        else if (took < FastBurst) _burst = Math.Min(MaxBurst, _burst * 2);
    }

    // Puts dirty pages, in the order of blocks and offsets and round again, until the writer has enough for a burst.
    private void GatherBurst()
    {
        long start = _context.Writer.Position;
        long normal = 0;
        long zero = 0;
        while (_dirtyPages > 0 && !_context.Writer.IsFull)
        {
            Sent sent = _blocks[_block];
            long page = sent.Dirty.NextSet(_page);
            if (page == sent.Dirty.Pages)
            {
                _block = (_block + 1) % _blocks.Count;
                _page = 0;
                continue;
            }

            sent.Dirty.TestAndClear(page);
            _dirtyPages--;
            _page = page + 1;
            if (_detectZeroPages && IsZero(sent.Block, page))
            {
                PutHeader(sent.Block, page, RamFlags.Zero);
                _context.Writer.PutByte(0);
                zero++;
            }
            else
            {
                PutHeader(sent.Block, page, RamFlags.Page);
                _context.Writer.PutReference(
                    sent.Block.Address + (nint)(page * RamBlock.PageSize), RamBlock.PageSize);
                normal++;
            }
        }

        _context.Statistics.AddNormalPages(normal);
        _context.Statistics.AddZeroPages(zero);
        _context.Statistics.AddRamBytes(_context.Writer.Position - start, _ranAtSetup ?? _context.GuestRuns);
        _ranAtSetup = null;
        _context.Statistics.Remaining = (long)DirtyBytes;
    }

    private void PutHeader(RamBlock block, long page, ulong flag)
    {
        ulong offset = (ulong)page * RamBlock.PageSize;
        if (ReferenceEquals(block, _lastSent))
        {
            _context.Writer.PutBe64(offset | flag | RamFlags.Continue);
            return;
        }

        _context.Writer.PutBe64(offset | flag);
        _context.Writer.PutCountedString(block.Id);
        _lastSent = block;
    }

    private static bool IsZero(RamBlock block, long page) =>
        !block.Written[page]
        || !block.Read((ulong)page * RamBlock.PageSize, RamBlock.PageSize).ContainsAnyExcept((byte)0);

    private sealed record Sent(RamBlock Block, PageBitmap Dirty);
}
