using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.ReturnPath;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Postcopy;

/// <summary>What a source is asked for in postcopy, by its clients and by its destination.</summary>
/// <remarks>Clients and the activity that reads the return path ask; the activity that sends looks.</remarks>
/// <param name="timeline">Where the machine runs.</param>
/// <param name="memory">Guest memory.</param>
/// <param name="statistics">Counts requests.</param>
/// <param name="wake">Wakes the activity that sends.</param>
/// <param name="isGone">Whether the guest is the destination's.</param>
/// <param name="faults">Where it reaches its points.</param>
internal sealed class OutgoingPostcopy(
    Timeline timeline, GuestMemory memory, MigrationStatistics statistics, Action wake, Func<bool> isGone, FaultSite faults) : IPostcopyReplies
{
    private readonly ConcurrentDictionary<RamBlock, PageBitmap> _dirty = new();
    private readonly TimelineLock _turn = new(timeline); // held while pages are sent that were asked for
    private RamBlock? _lastBlock;
    private volatile bool _isAsked;
    private volatile bool _isResumed;
    private volatile bool _isAnswered;

    /// <summary>Sends pages that are asked for; set by who sends all others.</summary>
    public IRequestedPages? Pages { get; set; }

    /// <summary>What is not needed any more of memory; <see langword="null"/> if all is kept.</summary>
    public IReleasedMemory? Released { get; set; }

    /// <summary>Whether the guest is the destination's, whatever becomes of its memory.</summary>
    public bool IsGuestGone => isGone();

    /// <summary>Whether pages have been asked for that the activity that sends has to send.</summary>
    public bool HasRequests => Pages?.HasRequests == true;

    /// <summary>Whether the destination has answered over this connection.</summary>
    public bool IsAnswered => _isAnswered;

    /// <summary>Whether clients want the guest to go before its memory.</summary>
    public bool IsAsked => _isAsked;

    /// <summary>Whether the destination has said that it goes on.</summary>
    public bool IsResumed => _isResumed;

    /// <summary>Whether it is known of all blocks what the destination has of them.</summary>
    public bool HasAllBitmaps => memory.Blocks.All(_dirty.ContainsKey);

    /// <summary>Clients want the guest to go before its memory.</summary>
    public void Ask()
    {
        _isAsked = true;
        wake();
    }

    /// <summary>The destination has answered.</summary>
    public void Answered()
    {
        _isAnswered = true;
        wake();
    }

    /// <summary>Begins anew over another connection.</summary>
    public void Reconnect()
    {
        Pages?.Disconnect();
        _lastBlock = null;
        _isResumed = false;
        _dirty.Clear();
    }

    /// <summary>The pages of a block that the destination has not; <see langword="null"/> as long as it has not said.</summary>
    public PageBitmap? DirtyOf(RamBlock block) => _dirty.GetValueOrDefault(block);

    public async ValueTask<string?> RequestPagesAsync(string? block, ulong start, uint length)
    {
        const string Name = "MIG_RP_MSG_REQ_PAGES";
        if (block is null && _lastBlock is null) return $"{Name} has no previous block";
        if (block is not null && !TryFind(block, out _lastBlock)) return $"{Name} has no block '{block}'";
        RamBlock of = _lastBlock!;
        if (start % RamBlock.PageSize != 0 || length % RamBlock.PageSize != 0)
        {
            return $"{Name}: Misaligned page request, start: {start:x} len: {length}";
        }

        if (start > of.Length || length > of.Length - start)
        {
            return $"{Name} request overrun, start={start:x} len={length:x} blocklen={of.Length:x}";
        }

        statistics.CountPostcopyRequest();
        long first = (long)(start / RamBlock.PageSize);
        using (await _turn.EnterAsync())
        {
            for (long page = first; page < first + (length / RamBlock.PageSize); page++) await ServeAsync(of, page);
        }

        wake();
        return null;
    }

    private async ValueTask ServeAsync(RamBlock block, long page)
    {
        FaultAction? fault = await faults.AskAsync(FaultPoint.PageServe);
        if (fault == FaultAction.Drop) return;
        await Pages!.RequestAsync(block, fault == FaultAction.OtherPage ? (page + 1) % block.Pages : page);
        await faults.AtAsync(FaultPoint.PageServeDone);
    }

    /// <summary>Ends the channel of pages that are asked for, for destinations that wait for that.</summary>
    /// <exception cref="ChannelException">It broke.</exception>
    public async ValueTask EndPreemptionAsync()
    {
        using TimelineLock.Hold turn = await _turn.EnterAsync();
        await Pages!.EndPreemptionAsync();
    }

    public int? BitmapLength(string block) => TryFind(block, out RamBlock? found) ? (int)((found.Pages + 63) / 64 * 8) : null;

    public string? ReceivedBitmap(string block, byte[] bitmap)
    {
        if (!TryFind(block, out RamBlock? found)) return $"no block '{block}'";
        var dirty = new PageBitmap(found.Pages);
        dirty.Fill(true);
        for (int i = 0; i < dirty.Words.Length; i++)
        {
            dirty.Words[i] &= ~BinaryPrimitives.ReadUInt64LittleEndian(bitmap.AsSpan(i * sizeof(ulong)));
        }

        _dirty[found] = dirty;
        wake();
        return null;
    }

    public string? Resumed()
    {
        _isResumed = true;
        wake();
        return null;
    }

    private bool TryFind(string id, [NotNullWhen(true)] out RamBlock? block) => (block = memory.Find(id)) is not null;
}
