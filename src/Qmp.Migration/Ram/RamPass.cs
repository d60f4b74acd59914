using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Qmp.Machine.Memory;

namespace Qmp.Migration.Ram;

/// <summary>Which pages are left to send, and which comes next.</summary>
/// <remarks>
/// The blocks' dirty logs are where guests record writes; the bitmaps here are what is left to send. A sync moves bits
/// from the former to the latter. A page's bit is cleared before its data is looked at, so a write in between is in the
/// next sync.
/// </remarks>
internal sealed class RamPass
{
    private readonly Left[] _blocks;
    private readonly ConcurrentQueue<(RamBlock Block, long Page)> _requests = new();
    private long _pages;
    private int _block;
    private long _page;
    private bool _roundEnded;

    public RamPass(IEnumerable<RamBlock> blocks) => _blocks = [.. blocks.Select(b => new Left(b, new PageBitmap(b.Pages)))];

    /// <summary>How many pages are left.</summary>
    public long Pages => Volatile.Read(ref _pages);

    /// <summary>Bytes of the pages that are left.</summary>
    public ulong Bytes => (ulong)Pages * RamBlock.PageSize;

    /// <summary>Whether there is anything to go round: no block needs to be sent where both ends have the same memory.</summary>
    public bool HasBlocks => _blocks.Length > 0;

    /// <summary>Whether a round over all blocks has ended, since this was asked last.</summary>
    public bool TakeRoundEnd()
    {
        bool ended = _roundEnded;
        _roundEnded = false;
        return ended;
    }

    /// <summary>Begins with all pages, and with empty dirty logs.</summary>
    public void Begin()
    {
        foreach ((RamBlock block, PageBitmap dirty) in _blocks)
        {
            block.DirtyLog.Fill(false);
            dirty.Fill(true);
            _pages += block.Pages;
        }
    }

    /// <summary>Takes the bits out of the dirty logs.</summary>
    /// <returns>How many pages were not left to send already.</returns>
    public long Sync()
    {
        long added = 0;
        foreach ((RamBlock block, PageBitmap dirty) in _blocks) added += block.DirtyLog.DrainInto(dirty);
        Interlocked.Add(ref _pages, added);
        return added;
    }

    /// <summary>Whether pages have been asked for that have not been taken.</summary>
    public bool HasRequests => !_requests.IsEmpty;

    /// <summary>The pages of each block that are left.</summary>
    public IEnumerable<(RamBlock Block, PageBitmap Dirty)> Blocks => _blocks.Select(left => (left.Block, left.Dirty));

    /// <summary>Begins anew with what a destination has not.</summary>
    public void Restore(Func<RamBlock, PageBitmap?> dirty)
    {
        _requests.Clear();
        long pages = 0;
        foreach (Left left in _blocks)
        {
            if (dirty(left.Block) is { } bitmap) bitmap.Words.CopyTo(left.Dirty.Words);
            pages += left.Dirty.Count();
        }

        Volatile.Write(ref _pages, pages);
    }

    /// <summary>Puts a page before all others, because the destination waits for it. From any activity.</summary>
    public void Request(RamBlock block, long page) => _requests.Enqueue((block, page));

    /// <summary>
    /// Takes the next page: one that was requested, or else the next in the order of blocks and offsets, round and round. The
    /// order goes on behind a page that was requested.
    /// </summary>
    /// <returns>Whether there is one. There is none either where a round ends: the next call goes on.</returns>
    public bool TryTake([NotNullWhen(true)] out RamBlock? block, out long page)
    {
        while (_requests.TryDequeue(out (RamBlock Block, long Page) request))
        {
            (block, page) = request;
            int index = Array.FindIndex(_blocks, b => ReferenceEquals(b.Block, request.Block));
            if (index < 0 || !TryTake(_blocks[index], page)) continue;
            (_block, _page) = (index, page + 1);
            return true;
        }

        while (TryNext(out Left? left, out page))
        {
            _page = page + 1;
            if (!TryTake(left, page)) continue; // it was asked for a moment ago
            block = left.Block;
            return true;
        }

        (block, page) = (null, 0);
        return false;
    }

    // The next page in turn, which becomes the place where the order goes on.
    private bool TryNext([NotNullWhen(true)] out Left? left, out long page)
    {
        while (Pages > 0)
        {
            left = _blocks[_block];
            page = left.Dirty.NextSet(_page);
            if (page < left.Dirty.Pages)
            {
                _page = page;
                return true;
            }

            _block = (_block + 1) % _blocks.Length;
            _page = 0;
            if (_block > 0) continue;
            _roundEnded = true;
            break;
        }

        // Who finds nothing has been round once.
        if (Pages == 0 && HasBlocks) _roundEnded = true;
        (left, page) = (null, 0);
        return false;
    }

    /// <summary>
    /// Finds the pages that come next and follow each other, without taking them. None that was asked for, and no other activity
    /// takes pages meanwhile.
    /// </summary>
    /// <param name="max">How many at most.</param>
    /// <param name="block">Their block.</param>
    /// <param name="first">The number of the first.</param>
    /// <param name="count">How many.</param>
    /// <returns>Whether there are any. There are none either where a round ends: the next call goes on.</returns>
    public bool TryFind(int max, [NotNullWhen(true)] out RamBlock? block, out long first, out int count)
    {
        count = 0;
        if (!TryNext(out Left? left, out first))
        {
            block = null;
            return false;
        }

        block = left.Block;
        count = (int)left.Dirty.RunOfSet(first, max);
        return true;
    }

    /// <summary>Takes pages that were found.</summary>
    /// <param name="first">The number of the first.</param>
    /// <param name="count">How many.</param>
    public void TakeFound(long first, int count)
    {
        _blocks[_block].Dirty.ClearRange(first, count);
        _page = first + count;
        Interlocked.Add(ref _pages, -count);
    }

    /// <summary>Takes one page out of turn. From any activity.</summary>
    /// <returns>Whether it was left to send.</returns>
    public bool TryTake(RamBlock block, long page) => Array.Find(_blocks, b => ReferenceEquals(b.Block, block)) is { } left && TryTake(left, page);

    private bool TryTake(Left left, long page)
    {
        if (!left.Dirty.TestAndClear(page)) return false;
        Interlocked.Decrement(ref _pages);
        return true;
    }

    private sealed record Left(RamBlock Block, PageBitmap Dirty);
}
