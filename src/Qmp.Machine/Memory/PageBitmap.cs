using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Qmp.Machine.Memory;

/// <summary>One bit for each target page of a RAM block, in words of 64.</summary>
/// <remarks>
/// Single bits are set and words exchanged atomically, so that guest writers and the migration share one without a
/// lock. <see cref="Count"/> and <see cref="NextSet"/> see each word at a moment of its own.
/// </remarks>
public sealed class PageBitmap
{
    private readonly ulong[] _words;

    /// <summary>A bitmap of <paramref name="pages"/> clear bits.</summary>
    public PageBitmap(long pages)
    {
        Pages = pages;
        _words = new ulong[(pages + 63) / 64];
    }

    /// <summary>How many pages it covers.</summary>
    public long Pages { get; }

    /// <summary>The words; bit <c>i</c> of word <c>w</c> is page <c>64 w + i</c>.</summary>
    public Span<ulong> Words => _words;

    /// <summary>Whether the bit is set.</summary>
    public bool this[long page] => (Volatile.Read(ref _words[page >> 6]) >> (int)(page & 63) & 1) != 0;

    /// <summary>Sets a bit; cheap if it is set already.</summary>
    public void Set(long page)
    {
        ref ulong word = ref _words[page >> 6];
        ulong bit = 1UL << (int)(page & 63);
        if ((Volatile.Read(ref word) & bit) == 0) Interlocked.Or(ref word, bit);
    }

    /// <summary>Sets a bit where there is one thread only: an atomic write would wait for all before it.</summary>
    internal void SetAlone(long page) => _words[page >> 6] |= 1UL << (int)(page & 63);

    /// <summary>Has the processor fetch a bit that will be set in a moment.</summary>
    internal unsafe void Prefetch(long page)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref _words[page >> 6]));
    }

    /// <summary>Sets the bits of <paramref name="count"/> pages from <paramref name="first"/>.</summary>
    public void SetRange(long first, long count)
    {
        for (long page = first, end = first + count; page < end;)
        {
            int offset = (int)(page & 63);
            int n = (int)Math.Min(64 - offset, end - page);
            ulong mask = (n == 64 ? ulong.MaxValue : (1UL << n) - 1) << offset;
            ref ulong word = ref _words[page >> 6];
            if ((Volatile.Read(ref word) & mask) != mask) Interlocked.Or(ref word, mask);
            page += n;
        }
    }

    /// <summary>Sets or clears all bits. Not atomic as a whole.</summary>
    public void Fill(bool value)
    {
        _words.AsSpan().Fill(value ? ulong.MaxValue : 0);
        int tail = (int)(Pages & 63);
        if (value && tail != 0) _words[^1] = (1UL << tail) - 1;
    }

    /// <summary>Clears a bit.</summary>
    public void Clear(long page) => Interlocked.And(ref _words[page >> 6], ~(1UL << (int)(page & 63)));

    /// <summary>Clears a bit and says whether it was set. Of several who do, one is told that it was.</summary>
    public bool TestAndClear(long page)
    {
        ref ulong word = ref _words[page >> 6];
        ulong bit = 1UL << (int)(page & 63);
        return (Volatile.Read(ref word) & bit) != 0 && (Interlocked.And(ref word, ~bit) & bit) != 0;
    }

    /// <summary>The first set bit at or after <paramref name="from"/>, or <see cref="Pages"/>.</summary>
    public long NextSet(long from)
    {
        if (from >= Pages) return Pages;
        long index = from >> 6;
        ulong word = _words[index] & ulong.MaxValue << (int)(from & 63);
        while (word == 0)
        {
            if (++index == _words.Length) return Pages;
            word = _words[index];
        }

        return (index << 6) + BitOperations.TrailingZeroCount(word);
    }

    /// <summary>How many bits from one on are set, without a gap.</summary>
    /// <param name="from">The first.</param>
    /// <param name="max">How many at most.</param>
    public long RunOfSet(long from, long max = long.MaxValue)
    {
        long run = 0;
        max = Math.Min(max, Pages - from);
        while (run < max)
        {
            int offset = (int)((from + run) & 63);
            int set = BitOperations.TrailingZeroCount(~(_words[(from + run) >> 6] >> offset));
            int inWord = 64 - offset;
            run += Math.Min(set, inWord);
            if (set < inWord) break;
        }

        return Math.Min(run, max);
    }

    /// <summary>Clears the bits of <paramref name="count"/> pages from <paramref name="first"/>.</summary>
    public void ClearRange(long first, long count)
    {
        for (long page = first, end = first + count; page < end;)
        {
            int offset = (int)(page & 63);
            int n = (int)Math.Min(64 - offset, end - page);
            ulong mask = (n == 64 ? ulong.MaxValue : (1UL << n) - 1) << offset;
            Interlocked.And(ref _words[page >> 6], ~mask);
            page += n;
        }
    }

    /// <summary>How many bits are set.</summary>
    public long Count()
    {
        long count = 0;
        foreach (ulong word in _words) count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>Takes all bits out, word by word, and adds them to <paramref name="into"/>.</summary>
    /// <returns>How many bits are new in <paramref name="into"/>.</returns>
    public long DrainInto(PageBitmap into)
    {
        long added = 0;
        for (int i = 0; i < _words.Length; i++)
        {
            if (Volatile.Read(ref _words[i]) == 0) continue;
            ulong taken = Interlocked.Exchange(ref _words[i], 0);
            ref ulong word = ref into._words[i];
            added += BitOperations.PopCount(taken & ~word);
            word |= taken;
        }

        return added;
    }
}
