using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Qmp.Linux;

namespace Qmp.Machine.Memory;

/// <summary>The pages of a block that is counted instead of stored: of each, its kind and its generation.</summary>
/// <remarks>
/// <para>They are in chunks of 2 MiB. A chunk whose pages are alike takes 16 bytes; where they differ, 4 bytes a page, and 2
/// more where their kinds do. A page that was written with bytes of its own keeps them.</para>
/// <para>Not for several threads: counted memory is for virtual time.</para>
/// </remarks>
public sealed unsafe class CountedPages : IDisposable
{
    private const int Page = RamBlock.PageSize;
    private const long HugePage = 2 << 20;
    private const int ChunkShift = PageChunk.Shift;
    private const int ChunkPages = PageChunk.Pages;

    private readonly PageChunk[] _chunks;
    private readonly nuint _size; // of _generations
    private uint* _generations; // of all pages, but only those of dense chunks mean anything
    private readonly Dictionary<long, byte[]> _raw = [];
    private readonly ulong _length;
    private byte[] _looked = [];
    private uint _rawWrites;

    internal CountedPages(long pages)
    {
        _chunks = new PageChunk[(pages + ChunkPages - 1) >> ChunkShift];
        _length = (ulong)pages * Page;

        // Huge pages: a guest writes all over its memory, and most of the time that takes is spent on finding pages.
        _size = (nuint)(((pages * sizeof(uint)) + HugePage - 1) / HugePage * HugePage);
        if (_size == 0) return;
        int error = BlockMapping.MapZeros(_size, out nint address);
        if (error < 0) throw new IOException($"cannot set up the states of guest memory: {Errno.Text(error)}");
        _generations = (uint*)address;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_generations is null) return;
        MemoryMap.Unmap((nint)_generations, _size);
        _generations = null;
    }

    /// <summary>The state of a page.</summary>
    public PageState this[long page]
    {
        get
        {
            ref PageChunk chunk = ref _chunks[page >> ChunkShift];
            int at = (int)(page & (ChunkPages - 1));
            return new PageState(
                PageKind.FromCode(chunk.Kinds is null ? chunk.Kind : chunk.Kinds[at]),
                chunk.IsDense ? _generations[page] : chunk.Generation);
        }
    }

    /// <summary>How many pages keep their bytes.</summary>
    public int RawPages => _raw.Count;

    /// <summary>Whether all bytes of a page are zero.</summary>
    internal bool IsZero(long page) =>
        this[page] is var state && (state.Kind.IsRaw ? !_raw[page].AsSpan().ContainsAnyExcept((byte)0) : state.IsZero);

    /// <summary>How many pages from one on are zero, or are not, as that one is.</summary>
    /// <param name="first">The first page.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="areZero">Whether they are zero.</param>
    public int RunOf(long first, int count, out bool areZero)
    {
        areZero = IsZero(first);
        int run = 0;
        while (run < count)
        {
            ref PageChunk chunk = ref _chunks[(first + run) >> ChunkShift];
            if (chunk.IsUniform && chunk.Kind != PageKind.Raw.Code)
            {
                if (chunk.Common.IsZero != areZero) break;
                run += ChunkPages - (int)((first + run) & (ChunkPages - 1));
            }
            else
            {
                int left = Math.Min(count - run, ChunkPages - (int)((first + run) & (ChunkPages - 1)));
                if (chunk.Kinds is null && PageKind.FromCode(chunk.Kind) is { IsRaw: false, Fill: > 0 })
                {
                    if (areZero) break;
                    run += left;
                    continue;
                }

                if (IsZero(first + run) != areZero) break;
                run++;
            }
        }

        return Math.Min(run, count);
    }

    /// <summary>The first page that is not as another block's, or -1.</summary>
    /// <param name="other">The other block's, which is as long.</param>
    /// <param name="except">Pages that need not be.</param>
    public long FirstDifference(CountedPages other, PageBitmap except)
    {
        for (int i = 0; i < _chunks.Length; i++)
        {
            PageChunk one = _chunks[i];
            PageChunk two = other._chunks[i];
            if (one.IsUniform && two.IsUniform && one.Common == two.Common && !one.Common.Kind.IsRaw) continue;
            long end = Math.Min((i + 1L) << ChunkShift, except.Pages);
            for (long page = (long)i << ChunkShift; page < end; page++)
            {
                if (!except[page] && !IsEqual(other, page)) return page;
            }
        }

        return -1;
    }

    private bool IsEqual(CountedPages other, long page) => this[page].Kind.IsRaw || other[page].Kind.IsRaw
        ? Capture(page, 1) is var one && other.Capture(page, 1) is var two && one.IsSameBytes(two, page)
        : this[page].HasBytesOf(other[page]);

    /// <summary>Changes the state of a page.</summary>
    internal void Set(long page, PageState state)
    {
        ref PageChunk chunk = ref _chunks[page >> ChunkShift];
        int at = (int)(page & (ChunkPages - 1));
        if (_raw.Count > 0) _raw.Remove(page);
        if (chunk.Differs(state.Kind.Code)) chunk.Kinds![at] = state.Kind.Code;
        if (Differs(ref chunk, page - at, state.Generation)) _generations[page] = state.Generation;
    }

    /// <summary>Changes the state of a page that a guest writes.</summary>
    /// <returns>Whether it was written for the first time, as far as is known.</returns>
    internal bool Stamp(long page, PageState state)
    {
        ref PageChunk chunk = ref _chunks[page >> ChunkShift];

        // A page that is noise all over stays so if all of it is written.
        bool isOfKind = chunk.Kind == state.Kind.Code || (chunk.Kind == PageKind.Noise.Code && state.Kind.Change == Page);
        if (!isOfKind || chunk.Kinds is not null || _raw.Count > 0)
        {
            Set(page, state);
            return true;
        }

        MakeDense(ref chunk, page & -ChunkPages);
        ref uint generation = ref _generations[page];
        bool isFirst = generation == 0;
        generation = state.Generation;
        return isFirst;
    }

    /// <summary>Has the processor fetch the state of a page that will be written in a moment.</summary>
    public void Prefetch(long page)
    {
        if (Sse.IsSupported) Sse.Prefetch0(_generations + page);
    }

    /// <summary>Gives pages one state.</summary>
    internal void SetRange(long first, long count, PageState state)
    {
        for (long page = first, end = first + count; page < end;)
        {
            ref PageChunk chunk = ref Part(page, end - page, out int at, out int n);
            if (_raw.Count > 0) RemoveRaw(page, n);
            if (n == ChunkPages)
            {
                chunk = new PageChunk { Kind = state.Kind.Code, Generation = state.Generation };
            }
            else
            {
                if (chunk.Differs(state.Kind.Code)) chunk.Kinds.AsSpan(at, n).Fill(state.Kind.Code);
                if (Differs(ref chunk, page - at, state.Generation)) GenerationsOf(page, n).Fill(state.Generation);
                if (at + n == ChunkPages) Join(ref chunk, page - at);
            }

            page += n;
        }
    }

    /// <summary>Gives pages the states that others had.</summary>
    /// <param name="first">The first page.</param>
    /// <param name="states">The states of some pages.</param>
    /// <param name="from">The place of the first of them that is meant.</param>
    /// <param name="count">How many.</param>
    internal void SetRange(long first, PageStates states, int from, int count)
    {
        if (states.Common is { } common)
        {
            SetRange(first, count, common);
            return;
        }

        if (states.HasBytes || _raw.Count > 0)
        {
            for (int i = 0; i < count; i++) Set(first + i, states, from + i);
            return;
        }

        for (int i = 0; i < count;)
        {
            long page = first + i;
            ref PageChunk chunk = ref Part(page, count - i, out int at, out int n);
            if (!states.HasKind(chunk.Kind) || chunk.Kinds is not null) states.CopyKinds(from + i, chunk.MakeKinds().AsSpan(at, n));
            if (!states.HasGeneration(chunk.Generation) || chunk.IsDense)
            {
                MakeDense(ref chunk, page - at);
                states.CopyGenerations(from + i, GenerationsOf(page, n));
            }

            if (at + n == ChunkPages) Join(ref chunk, page - at);
            i += n;
        }
    }

    /// <summary>The states of pages, as they are now.</summary>
    /// <param name="first">The number of the first.</param>
    /// <param name="count">How many.</param>
    public PageStates Capture(long first, int count)
    {
        PageState start = this[first];
        ushort[]? kinds = null;
        uint[]? generations = null;
        for (int i = 0; i < count;)
        {
            ref PageChunk chunk = ref _chunks[(first + i) >> ChunkShift];
            int at = (int)((first + i) & (ChunkPages - 1));
            int n = Math.Min(ChunkPages - at, count - i);
            if (chunk.Kinds is not null || chunk.Kind != start.Kind.Code)
            {
                if (kinds is null) Array.Fill(kinds = new ushort[count], start.Kind.Code);
                if (chunk.Kinds is null) Array.Fill(kinds, chunk.Kind, i, n);
                else Array.Copy(chunk.Kinds, at, kinds, i, n);
            }

            if (chunk.IsDense || chunk.Generation != start.Generation)
            {
                if (generations is null) Array.Fill(generations = new uint[count], start.Generation);
                if (chunk.IsDense) GenerationsOf(first + i, n).CopyTo(generations.AsSpan(i));
                else Array.Fill(generations, chunk.Generation, i, n);
            }

            i += n;
        }

        return new PageStates(start, kinds, generations, _raw.Count == 0 ? null : BytesOf(first, count));
    }

    /// <summary>The states of pages that need not be beside each other, as they are now.</summary>
    /// <param name="offsets">Where they begin, in bytes.</param>
    public PageStates Capture(ReadOnlySpan<ulong> offsets)
    {
        ushort[] kinds = new ushort[offsets.Length];
        uint[] generations = new uint[offsets.Length];
        Dictionary<int, byte[]>? bytes = null;
        for (int i = 0; i < offsets.Length; i++)
        {
            long page = (long)(offsets[i] / Page);
            PageState state = this[page];
            (kinds[i], generations[i]) = (state.Kind.Code, state.Generation);
            if (state.Kind.IsRaw) (bytes ??= [])[i] = [.. _raw[page]];
        }

        return new PageStates(default, kinds, generations, bytes);
    }

    /// <summary>Gives a page the state that one of others had.</summary>
    internal void Set(long page, PageStates states, int index)
    {
        PageState state = states[index];
        if (state.Kind.IsRaw) Keep(page, states.BytesOf(index));
        else Set(page, state);
    }

    /// <summary>Makes the bytes of a range. They stay until the next call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such range.</exception>
    internal Span<byte> Look(ulong offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)RamBlock.MaxSpan, nameof(length));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, _length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)length, _length - offset, nameof(length));
        int skipped = (int)(offset % Page);
        int size = (skipped + length + Page - 1) / Page * Page;
        if (_looked.Length < size) _looked = new byte[size];
        long page = (long)(offset / Page);
        for (int at = 0; at < size; at += Page) Make(page++, _looked.AsSpan(at, Page));
        return _looked.AsSpan(skipped, length);
    }

    /// <summary>Keeps pages as they were looked at, and changed since.</summary>
    internal void KeepLooked(long page, int count)
    {
        for (int i = 0; i < count; i++) Keep(page + i, _looked.AsSpan(i * Page, Page));
    }

    /// <summary>Changes bytes.</summary>
    internal void Write(ulong offset, ReadOnlySpan<byte> data)
    {
        long page = (long)(offset / Page);
        int skipped = (int)(offset % Page);
        data.CopyTo(Look(offset, data.Length));
        KeepLooked(page, (skipped + data.Length + Page - 1) / Page);
    }

    /// <summary>Makes the bytes of a page.</summary>
    internal void Make(long page, Span<byte> target)
    {
        PageState state = this[page];
        if (state.Kind.IsRaw) _raw[page].CopyTo(target);
        else PageContent.Make(state, page, target);
    }

    /// <summary>Keeps the bytes of a page, or only that they are zero.</summary>
    internal void Keep(long page, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.ContainsAnyExcept((byte)0))
        {
            Set(page, PageState.Zero);
            return;
        }

        Set(page, new PageState(PageKind.Raw, ++_rawWrites));
        ref byte[]? kept = ref CollectionsMarshal.GetValueRefOrAddDefault(_raw, page, out _);
        kept = bytes.ToArray();
    }

    private Dictionary<int, byte[]>? BytesOf(long first, int count)
    {
        Dictionary<int, byte[]>? bytes = null;
        for (int i = 0; i < count; i++)
        {
            if (_raw.TryGetValue(first + i, out byte[]? kept)) (bytes ??= [])[i] = [.. kept];
        }

        return bytes;
    }

    private Span<uint> GenerationsOf(long first, int count) => new(_generations + first, count);

    // The chunk of a page, its place there, and how many of the pages from there on are in that chunk.
    private ref PageChunk Part(long page, long count, out int at, out int n)
    {
        at = (int)(page & (ChunkPages - 1));
        n = (int)Math.Min(ChunkPages - at, count);
        return ref _chunks[page >> ChunkShift];
    }

    // Whether generations have to be told apart, once one page has this one.
    private bool Differs(ref PageChunk chunk, long start, uint generation)
    {
        if (!chunk.IsDense && chunk.Generation != generation) MakeDense(ref chunk, start);
        return chunk.IsDense;
    }

    private void MakeDense(ref PageChunk chunk, long start)
    {
        if (chunk.IsDense) return;
        chunk.IsDense = true;
        GenerationsOf(start, (int)Math.Min(ChunkPages, (long)(_length / Page) - start)).Fill(chunk.Generation);
    }

    // Pages arrive by less than a chunk: when its last has come they may be alike.
    private void Join(ref PageChunk chunk, long start)
    {
        if (chunk.Kinds is { } kinds && !kinds.AsSpan().ContainsAnyExcept(kinds[0])) (chunk.Kind, chunk.Kinds) = (kinds[0], null);
        if (chunk.IsDense && GenerationsOf(start, ChunkPages) is var all && !all.ContainsAnyExcept(all[0])) (chunk.Generation, chunk.IsDense) = (all[0], false);
    }

    private void RemoveRaw(long first, int count)
    {
        for (int i = 0; i < count; i++) _raw.Remove(first + i);
    }
}
