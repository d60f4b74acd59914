using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.MappedRam;
using Qmp.Migration.SaveState;
using Qmp.Migration.Snapshot;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Ram;

/// <summary>Sends guest RAM: everything once, then what was dirtied since.</summary>
/// <remarks>
/// A pass says which page is next (<see cref="RamPass"/>), an encoder how it is sent (<see cref="PageEncoder"/>), a sink
/// where it goes (<see cref="IPageSink"/>). Bursts, rates and counters are here.
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

    private const int MaxRun = 8192; // more pages than a burst has, of whatever kind

    private readonly SaveContext _context;
    private readonly GuestMemory _memory;
    private readonly bool _ignoreShared;
    private readonly IgnoredBlocks _ignored;
    private readonly RamPass _pass;
    private readonly ZeroPageEncoder _zero = new();
    private readonly NormalPageEncoder _normal = new();
    private (PageEncoder Encoder, IPageSink Sink)[] _ways;
    private IPageSink _pages;
    private readonly MappedRamFile? _mapped;
    private readonly MemoryProtection? _protection;
    private readonly ReleasedMemory? _released;
    private readonly List<(RamBlock Block, long Page)> _burstPages = []; // not flushed yet
    private XbzrleEncoder? _xbzrle;
    private InlinePages? _following; // in postcopy
    private long _burst = MinBurst;
    private readonly bool _isCounted;
    private bool _isSynced; // with the guest stopped

    // The first burst, and the end of its section, count by how the guest was in setup: a client that stops it on hearing that the migration is
    // active comes after QEMU's first pages.
    private bool? _ranAtSetup;

    public RamSaver(SaveContext context, GuestMemory memory)
    {
        _context = context;
        _memory = memory;
        _ignoreShared = context.Has(MigrationCapability.XIgnoreShared);
        _ignored = new IgnoredBlocks(_ignoreShared, context.Mode == MigMode.CprTransfer);
        RamBlock[] blocks = [.. memory.Blocks.Where(b => !_ignored.Contains(b))];
        _pass = new RamPass(blocks);
        if (context.Has(MigrationCapability.BackgroundSnapshot)) _protection = new MemoryProtection(context.Timeline, blocks, _pass.Request);
        _mapped = context.File is { } file ? new MappedRamFile(context.Writer, file) : null;
        IPageSink here = _mapped is not null ? new MappedPages(_mapped, context.File!, context.Writer) : new InlinePages(context.Writer, context.FlushIfFullAsync);
        _pages = context.Multifd is { } multifd
            ? new MultifdPages(multifd, context.Writer, context.SyncsSections, isMarked: _mapped is null)
            : here;
        context.MappedRam = _mapped;
        _isCounted = Array.Exists(blocks, block => block.Counted is not null);
        bool looksHere = context.Parameters.ZeroPageDetection switch
        {
            ZeroPageDetection.None => false,
            ZeroPageDetection.Legacy => true,
            _ => context.Multifd is null,
        };
        if (here is InlinePages inline && context.Has(MigrationCapability.Xbzrle)) _xbzrle = XbzrleEncoder.Create(context, inline, blocks);
        _ways =
        [
            .. looksHere ? [(_zero, here)] : (ReadOnlySpan<(PageEncoder, IPageSink)>)[],
            .. _xbzrle is null ? [] : (ReadOnlySpan<(PageEncoder, IPageSink)>)[(_xbzrle, here)],
            (_normal, _pages),
        ];
        if (context.Has(MigrationCapability.ReleaseRam)) _released = new ReleasedMemory(() => context.Postcopy.IsGuestGone);
        context.Postcopy.Released = _released;
        context.Postcopy.Pages = new RequestedPages(context, _pass, _released);
        context.Statistics.Total += blocks.Sum(b => (long)b.Length);
    }

    public override bool IsIterative => true;

    public override bool CanPostcopy => _context.Has(MigrationCapability.PostcopyRam);

    public override PendingState PendingEstimate => CanPostcopy ? new(0, _pass.Bytes) : new(_pass.Bytes, 0);

    /// <summary>Syncs the dirty log first, unless the guest is gone.</summary>
    public override async ValueTask<PendingState> PendingExactAsync(bool isFinal)
    {
        if (_following is not null) return PendingEstimate;
        await SyncDirtyLogAsync(isFinal ? SyncReason.Stopped : SyncReason.Count);
        _isSynced = isFinal;
        return PendingEstimate;
    }

    /// <summary>Writes the list of blocks.</summary>
    /// <exception cref="MigrationException">It cannot be sent.</exception>
    public override async ValueTask SetupAsync()
    {
        _pass.Begin();
        if (_protection is null || _context.Rules.PassesAreCounts) await SyncDirtyLogAsync(SyncReason.Setup);
        _ranAtSetup = _context.GuestRuns;
        _context.Writer.PutBe64(_memory.TotalLength | RamFlags.MemorySize);
        foreach (RamBlock block in _memory.Blocks)
        {
            _context.Writer.PutCountedString(block.Id);
            _context.Writer.PutBe64(block.Length);

            // The block's address in its region, which for RAM blocks of ours is the region's start.
            if (_ignoreShared) _context.Writer.PutBe64(0);
            if (_mapped is not null && !_ignored.Contains(block)) await _mapped.AddAsync(block);
            await _context.FlushIfFullAsync();
        }

        // Channels have their barrier then; a machine that syncs sections has none more for this one.
        await _pages.EndSetupAsync();
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

    private async ValueTask SyncDirtyLogAsync(SyncReason reason)
    {
        await _context.AtAsync(FaultPoint.DirtySync);
        long startedAt = _context.Now;
        long added = _pass.Sync();
        _context.BookDirtySync(startedAt, added, (long)_pass.Bytes, reason);
        await _context.AtAsync(FaultPoint.DirtySyncDone);
    }

    /// <summary>Sends dirty pages until none is left, the rate limit is hit or 50 ms have passed.</summary>
    public override async ValueTask IterateAsync()
    {
        long end = _context.Now + MaxIteration;
        bool isOver = false;
        bool? ranAtSetup = _ranAtSetup;
        while (!isOver && !(_context.RateExceeded && !_pass.HasRequests))
        {
            if (!await SendBurstAsync(_following is null ? Math.Clamp(_context.RateLeft, MinBurst, _burst) : MinBurst)) break;
            isOver = _context.Now > end;
        }

        // The footer stays behind until there is more to send, as in QEMU: a connection that breaks meanwhile ends
        // inside a section, and the destination says so.
        await EndSectionAsync();
        _context.Statistics.AddRamBytes(sizeof(ulong), ranAtSetup ?? _context.GuestRuns);
        await _context.FlushAsync();
    }

    /// <summary>Sends everything that is left; the guest is stopped.</summary>
    public override async ValueTask CompleteAsync()
    {
        _ranAtSetup = null;
        if (_xbzrle is not null) _xbzrle.IsLast = true;
        if (!_isSynced) await SyncDirtyLogAsync(SyncReason.Stopped);
        while (await SendBurstAsync(_burst))
        {
        }

        if (_mapped is not null) await _mapped.WriteBitmapsAsync();

        await EndSectionAsync();
    }

    internal override bool NeedsSettling => _context.Multifd is not null;

    internal override async ValueTask SettleAsync()
    {
        await _pages.EndRoundAsync();
        await EndSectionAsync();
        await _context.FlushAsync();
    }

    internal override async ValueTask BeginPostcopyAsync()
    {
        _ranAtSetup = null;
        await SyncDirtyLogAsync(SyncReason.Postcopy);
        _isSynced = true;
        foreach ((RamBlock block, PageBitmap dirty) in _pass.Blocks)
        {
            await new DiscardCommands(_context).PutAsync(block, dirty);
            _released?.AddAllBut(block, dirty);
        }

        _following = new InlinePages(_context.Writer, _context.FlushIfFullAsync);
        _pages = _following;
        _xbzrle = null;
        _ways = _context.Parameters.ZeroPageDetection == ZeroPageDetection.None
            ? [(_normal, _following)]
            : [(_zero, _following), (_normal, _following)];
    }

    internal override void Protect() => _protection?.Begin();

    internal override void Unprotect() => _protection?.End();

    internal override async ValueTask SettleSnapshotAsync()
    {
        if (_mapped is not null) await _mapped.WriteBitmapsAsync();
    }

    internal override void Resume()
    {
        _pass.Restore(_context.Postcopy.DirtyOf);
        _following?.Forget();
        _context.Statistics.Remaining = (long)_pass.Bytes;
    }

    private async ValueTask EndSectionAsync()
    {
        await _pages.EndSectionAsync();
        _context.Writer.PutBe64(RamFlags.EndOfSection);
    }

    // False if nothing is left.
    private async ValueTask<bool> SendBurstAsync(long size)
    {
        _context.Writer.Burst = size;
        _xbzrle?.Resize();
        GatherBurst();
        long before = _context.NowNanoseconds;
        if (_protection is null)
        {
            await _pages.SendIfFullAsync();
            await _context.FlushIfFullAsync();
        }
        else
        {
            await _pages.EndSectionAsync();
            await _context.FlushAsync();
            _protection.Release();
        }

        await ReleaseBurstAsync();
        if (!_pass.HasBlocks) return false;
        if (_pass.TakeRoundEnd())
        {
            await _pages.EndRoundAsync();
            if (_xbzrle is not null) _xbzrle.IsStarted = true;
            if (_context.Multifd is not null && _following is null) await _context.FlushAsync(); // the channels wait at the mark
            return _pass.Pages > 0;
        }

        long took = _context.NowNanoseconds - before;
        if (took > SlowBurst) _burst = Math.Max(MinBurst, _burst / 2);
        else if (took < FastBurst) _burst = Math.Min(MaxBurst, _burst * 2);
        return true;
    }

    // What is given back must have left first.
    private async ValueTask ReleaseBurstAsync()
    {
        if (_released is null || _burstPages.Count == 0) return;
        await _context.FlushAsync();
        foreach ((RamBlock block, long page) in _burstPages) _released.Add(block, page);
        _burstPages.Clear();
    }

    // Puts pages until there are enough for a burst. Pages that were asked for do not wait for others.
    private void GatherBurst()
    {
        long start = _context.Writer.Position;
        long normal = _normal.Count;
        long zero = _zero.Count;
        bool isUrgent = _pass.HasRequests;
        if (_isCounted && !isUrgent && _protection is null && _released is null && _xbzrle is not { IsStarted: true }) GatherRuns();
        else GatherPages(isUrgent);

        if (_pages.CountsPages) _context.Statistics.AddNormalPages(_normal.Count - normal);
        _context.Statistics.AddZeroPages(_zero.Count - zero);
        long elsewhere = _pages is MappedPages ? (_normal.Count - normal) * RamBlock.PageSize : 0;
        _context.Statistics.AddRamBytes(_context.Writer.Position - start + elsewhere, _ranAtSetup ?? _context.GuestRuns);
        _ranAtSetup = null;
        _context.Statistics.Remaining = (long)_pass.Bytes;
    }

    private void GatherPages(bool isUrgent)
    {
        while (!_pages.IsFull && !_context.Writer.IsFull && _pass.TryTake(out RamBlock? block, out long page))
        {
            Encode(block, page);
            _protection?.Take(block, page);
            if (_following is not null && _released is not null) _burstPages.Add((block, page));
            if (isUrgent && !_pass.HasRequests) break;
        }
    }

    // The same with counted memory: pages that are next to each other and alike are put in one step.
    private void GatherRuns()
    {
        while (!_pages.IsFull && !_context.Writer.IsFull && _pass.TryFind(MaxRun, out RamBlock? block, out long first, out int count))
        {
            count = block.Counted!.RunOf(first, count, out bool areZero);
            bool asZeros = areZero && _ways[0].Encoder == _zero;
            (PageEncoder encoder, IPageSink sink) = asZeros ? _ways[0] : _ways[^1];
            int put = sink.PutRun(block, first, count, asZeros);
            encoder.Add(put);
            _pass.TakeFound(first, put);
        }
    }

    private void Encode(RamBlock block, long page)
    {
        foreach ((PageEncoder encoder, IPageSink sink) in _ways)
        {
            if (!encoder.TryPut(block, page, sink)) continue;
            if (encoder == _zero) _xbzrle?.Zeroed(block, page);
            return;
        }
    }
}
