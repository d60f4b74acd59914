using System.Runtime.InteropServices;
using System.Runtime.CompilerServices;
using Qmp.Linux;

namespace Qmp.Machine.Memory;

/// <summary>One block of guest RAM, as the migration stream knows it: a name, a length, pages.</summary>
/// <remarks>
/// <para>The memory is mapped, so that untouched pages cost nothing. What the guest does to it, and what others do in
/// its place, goes through <see cref="GuestMemory"/>; a migration places the pages that arrive
/// (<see cref="BeginPlace"/>) and looks at those that it sends (<see cref="Peek"/>). Both keep two records of changes:
/// the dirty log, which each sync of a migration takes, and the set of pages ever written, which spares both ends of a
/// migration from reading pages that must be zero.</para>
/// <para>Order: a writer changes the data, then sets the bit; a sync takes the bit, then reads the data. So a change
/// is either in the data that is read or in the next sync.</para>
/// </remarks>
public sealed unsafe class RamBlock : IDisposable
{
    /// <summary>Bytes of a target page (x86).</summary>
    public const int PageSize = 4096;

    /// <summary>The longest piece of a block that one span covers.</summary>
    public const int MaxSpan = 1 << 20;

    private readonly SafeHandle? _file;
    private byte* _base;
    private volatile PageBitmap? _dirtyRateLog;
    private volatile PageGate? _gate;
    private volatile WriteWatch? _watch;

    private RamBlock(string id, ulong length, bool shared, nint address, SafeHandle? file, bool isNew, CountedPages? counted = null)
    {
        Id = id;
        Counted = counted;
        Length = length;
        IsShared = shared;
        _base = (byte*)address;
        _file = file;
        long pages = (long)(length / PageSize);
        DirtyLog = new PageBitmap(pages);
        Written = new PageBitmap(pages);
        if (!isNew) Written.Fill(true); // what a file holds is not ours to know
    }

    /// <summary>The name in the stream, such as <c>ram</c> or <c>pc.ram</c>.</summary>
    public string Id { get; }

    /// <summary>Bytes, a multiple of <see cref="PageSize"/>.</summary>
    public ulong Length { get; }

    /// <summary>How many target pages.</summary>
    public long Pages => (long)(Length / PageSize);

    /// <summary>Whether what is written reaches all who map the same memory (<c>share=on</c>).</summary>
    public bool IsShared { get; }

    /// <summary>Whether others find the memory by the path of a file.</summary>
    public bool IsNamedFile { get; private init; }

    /// <summary>Pages written since the last sync took them.</summary>
    public PageBitmap DirtyLog { get; }

    /// <summary>A second dirty log, for measurements that must leave the first one alone.</summary>
    public PageBitmap? DirtyRateLog
    {
        get => _dirtyRateLog;
        set => _dirtyRateLog = value;
    }

    /// <summary>What keeps accesses to some pages waiting, if anything does. Set while the guest is stopped.</summary>
    public PageGate? Gate
    {
        get => _gate;
        set => _gate = value;
    }

    /// <summary>Who is told of every change, if anybody is.</summary>
    public WriteWatch? Watch
    {
        get => _watch;
        set => _watch = value;
    }

    /// <summary>Pages ever written; all others read as zeros.</summary>
    public PageBitmap Written { get; }

    /// <summary>Address of the first byte, for system calls that gather and scatter; 0 where memory is counted.</summary>
    public nint Address => (nint)_base;

    /// <summary>The pages of memory that is counted; <see langword="null"/> where it is stored.</summary>
    public CountedPages? Counted { get; }

    /// <summary>Maps <paramref name="length"/> bytes of zeros.</summary>
    /// <exception cref="IOException">The memory cannot be mapped.</exception>
    public static RamBlock Anonymous(string id, ulong length, bool preallocate = false)
    {
        CheckLength(length);
        if (length == 0) return new RamBlock(id, 0, false, 0, null, isNew: true);
        int error = BlockMapping.MapZeros(checked((nuint)length), out nint address);
        if (error < 0) throw Failure($"cannot set up guest memory '{id}'", error);
        var block = new RamBlock(id, length, false, address, null, isNew: true);
        if (preallocate) BlockMapping.Preallocate(address, length);
        return block;
    }

    /// <summary>Counts <paramref name="length"/> bytes of zeros: of each page only its state is kept.</summary>
    public static RamBlock OfCounted(string id, ulong length)
    {
        CheckLength(length);
        return new RamBlock(id, length, false, 0, null, isNew: true, new CountedPages((long)(length / PageSize)));
    }

    /// <summary>Maps the first <paramref name="length"/> bytes of a file that has a path. The block then owns the file.</summary>
    /// <exception cref="IOException">The memory cannot be mapped.</exception>
    public static RamBlock FromFile(string id, ulong length, SafeHandle file, bool shared, bool preallocate) =>
        Map(id, length, file, shared, preallocate, isNew: false, isNamed: true);

    /// <summary>Maps the first <paramref name="length"/> bytes of memory that has a descriptor and no path. The block then owns it.</summary>
    /// <param name="id">The name in the stream.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="memory">The descriptor.</param>
    /// <param name="shared">Whether what is written reaches others who have the descriptor.</param>
    /// <param name="preallocate">Whether every page gets memory now.</param>
    /// <param name="isNew">Whether all of it is known to be zeros.</param>
    /// <exception cref="IOException">The memory cannot be mapped.</exception>
    public static RamBlock FromDescriptor(string id, ulong length, SafeHandle memory, bool shared, bool preallocate, bool isNew) =>
        Map(id, length, memory, shared, preallocate, isNew, isNamed: false);

    private static RamBlock Map(string id, ulong length, SafeHandle file, bool shared, bool preallocate, bool isNew, bool isNamed)
    {
        CheckLength(length);
        int error = MemoryMap.MapFile(file, checked((nuint)length), shared, out nint address);
        if (error < 0)
        {
            file.Dispose();
            throw Failure("unable to map backing store for guest RAM", error);
        }

        var block = new RamBlock(id, length, shared, address, file, isNew) { IsNamedFile = isNamed };
        if (preallocate) BlockMapping.Preallocate(address, length);
        return block;
    }

    /// <summary>The bytes from <paramref name="offset"/> as they are, whatever the gate says.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The range leaves the block, or is longer than <see cref="MaxSpan"/>.
    /// </exception>
    /// <remarks>Of counted memory, what is returned stays until the next look.</remarks>
    public ReadOnlySpan<byte> Peek(ulong offset, int length) => Counted is null ? Slice(offset, length) : Counted.Look(offset, length);

    /// <summary>Whether all bytes of a page are zero. One that was never written is, without looking.</summary>
    public bool IsZero(long page)
    {
        if (!Written[page]) return true;
        return Counted is { } counted
            ? counted.IsZero(page)
            : !Slice((ulong)page * PageSize, PageSize).ContainsAnyExcept((byte)0);
    }

    /// <summary>Pages, to be filled with what has arrived. The caller then calls <see cref="EndPlace"/>.</summary>
    /// <param name="page">The number of the first.</param>
    /// <param name="count">How many; not more than <see cref="MaxSpan"/>.</param>
    public Span<byte> BeginPlace(long page, int count = 1) => Counted is null
        ? Slice((ulong)page * PageSize, count * PageSize)
        : Counted.Look((ulong)page * PageSize, count * PageSize);

    /// <summary>Records that pages have been filled, and lets those have them who wait for them.</summary>
    /// <param name="page">The number of the first.</param>
    /// <param name="count">How many.</param>
    public void EndPlace(long page, long count = 1)
    {
        Counted?.KeepLooked(page, (int)count);
        MarkPlaced(page, count);
    }

    /// <summary>Places pages of which only the states have arrived, and lets those have them who wait for them.</summary>
    /// <param name="page">The number of the first.</param>
    /// <param name="states">The states of some pages.</param>
    /// <param name="from">The place of the first of them that is meant.</param>
    /// <param name="count">How many.</param>
    public void PlaceCounted(long page, PageStates states, int from, int count)
    {
        CountedPages counted = Counted ?? throw new InvalidOperationException($"RAM block {Id} is stored, and its peer's is counted");
        counted.SetRange(page, states, from, count);
        MarkPlaced(page, count);
    }

    private void MarkPlaced(long page, long count)
    {
        MarkWritten((ulong)page * PageSize, (ulong)count * PageSize);
        if (_gate is not { } gate) return;
        for (long end = page + count; page < end; page++) gate.Placed(page);
    }

    /// <summary>Fills a page with zeros and records it. One that is zero already is not touched, so it costs no memory.</summary>
    /// <param name="page">The number of the page.</param>
    public void PlaceZeros(long page)
    {
        if (IsZero(page))
        {
            _gate?.Placed(page);
        }
        else if (Counted is { } counted)
        {
            counted.Set(page, PageState.Zero);
            MarkPlaced(page, 1);
        }
        else
        {
            BeginPlace(page).Clear();
            EndPlace(page);
        }
    }

    /// <summary>Does so with several pages.</summary>
    /// <param name="page">The number of the first.</param>
    /// <param name="count">How many.</param>
    public void PlaceZeros(long page, long count)
    {
        for (long end = page + count; page < end; page++)
        {
            if (_gate is null) page = Math.Min(end, Written.NextSet(page));
            if (page < end) PlaceZeros(page);
        }
    }

    /// <summary>Gives pages a state before the machine starts.</summary>
    /// <param name="page">The number of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="state">Their state.</param>
    public void Load(long page, long count, PageState state)
    {
        if (Counted is { } counted) counted.SetRange(page, count, state);
        else for (long i = page; i < page + count; i++) PageContent.Make(state, i, BeginPlace(i));
        MarkWritten((ulong)page * PageSize, (ulong)count * PageSize);
    }

    /// <summary>Has the processor fetch what is known of a page of counted memory, which will be written in a moment.</summary>
    public void Prefetch(long page)
    {
        Counted!.Prefetch(page);
        DirtyLog.Prefetch(page);
    }

    /// <summary>Writes a page whose bytes a model knows, on behalf of a guest that has passed the gate.</summary>
    internal void Stamp(long page, PageState state)
    {
        if (Counted is not { } counted)
        {
            PageContent.Make(state, page, BeginPlace(page));
            MarkWritten((ulong)page * PageSize, PageSize);
            return;
        }

        if (counted.Stamp(page, state)) Written.SetAlone(page);
        DirtyLog.SetAlone(page);
        _dirtyRateLog?.SetAlone(page);
    }

    /// <summary>Gives pages back to the host, in a file as well; nobody needs what they hold.</summary>
    /// <param name="page">The number of the first.</param>
    /// <param name="count">How many.</param>
    public void Release(long page, long count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)(page + count), Length / PageSize);
        if (Counted is null) MemoryMap.Discard((nint)_base + (nint)(page * PageSize), (nuint)(count * PageSize), IsShared);
    }

    /// <summary>Reads a number on behalf of a guest.</summary>
    /// <param name="offset">Where it is.</param>
    /// <param name="value">The number, of at most 8 bytes.</param>
    /// <param name="willWrite">Whether it will be written there, too.</param>
    /// <returns>Whether it was read; otherwise it leaves the block or the page, or its page is kept back.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead<T>(ulong offset, out T value, bool willWrite = false)
        where T : unmanaged
    {
        if (!IsOpen(offset, sizeof(T), willWrite))
        {
            value = default;
            return false;
        }

        value = Unsafe.ReadUnaligned<T>(_base + offset);
        return true;
    }

    /// <summary>Writes a number on behalf of a guest.</summary>
    /// <param name="offset">Where it goes.</param>
    /// <param name="value">The number, of at most 8 bytes.</param>
    /// <returns>Whether it was written; otherwise it leaves the block or the page, or its page is kept back.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite<T>(ulong offset, T value)
        where T : unmanaged
    {
        if (!IsOpen(offset, sizeof(T), writes: true)) return false;
        Unsafe.WriteUnaligned(_base + offset, value);
        long page = (long)(offset / PageSize);
        Written.Set(page);
        Thread.MemoryBarrier(); // the data before the bit that announces it
        DirtyLog.Set(page);
        _dirtyRateLog?.Set(page);
        if (_watch is { } watch && watch.Pages[page]) watch.Written(offset, (ulong)sizeof(T));
        return true;
    }

    /// <summary>Whether a number lies in one page that a guest can reach without waiting.</summary>
    /// <param name="offset">Where it is.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="writes">Whether it is to be written.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOpen(ulong offset, int size, bool writes) =>
        _base is not null && (offset & (PageSize - 1)) <= PageSize - (ulong)size && offset < Length
        && (_gate is not { } gate || !(writes || gate.HoldsReads) || !gate.Closed[(long)(offset / PageSize)]);

    /// <summary>Puts bytes into the block before the machine starts.</summary>
    public void Load(ulong offset, ReadOnlySpan<byte> data) => Write(offset, data);

    /// <summary>Changes bytes on behalf of a caller that has passed the gate.</summary>
    internal void Write(ulong offset, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return;
        if (Counted is not null) Counted.Write(offset, data);
        else data.CopyTo(Slice(offset, data.Length));
        MarkWritten(offset, (ulong)data.Length);
    }

    /// <summary>The first page of a range that the gate keeps an access waiting for, or -1.</summary>
    /// <param name="offset">Where the range begins.</param>
    /// <param name="length">Its length.</param>
    /// <param name="writes">Whether the access is a write.</param>
    internal long FirstClosed(ulong offset, int length, bool writes)
    {
        if (_gate is not { } gate || !(writes || gate.HoldsReads)) return -1;
        long end = (long)((offset + (ulong)length + PageSize - 1) / PageSize);
        for (long page = (long)(offset / PageSize); page < end; page++)
        {
            if (gate.Closed[page]) return page;
        }

        return -1;
    }

    private void MarkWritten(ulong offset, ulong length)
    {
        long first = (long)(offset / PageSize);
        long count = (long)((offset + length + PageSize - 1) / PageSize) - first;
        Written.SetRange(first, count);
        Thread.MemoryBarrier(); // the data before the bit that announces it
        DirtyLog.SetRange(first, count);
        _dirtyRateLog?.SetRange(first, count);
        _watch?.Written(offset, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Counted?.Dispose();
        if (_base is null) return;
        MemoryMap.Unmap((nint)_base, (nuint)Length);
        _base = null;
        _file?.Dispose();
    }

    private Span<byte> Slice(ulong offset, int length)
    {
        ObjectDisposedException.ThrowIf(_base is null && Length != 0, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxSpan);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (offset > Length || (ulong)length > Length - offset)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"outside of RAM block {Id}");
        }

        return new Span<byte>(_base + offset, length);
    }

    private static void CheckLength(ulong length)
    {
        if (length % PageSize != 0) throw new ArgumentException("not a multiple of the page size", nameof(length));
    }

    private static IOException Failure(string what, int error) => new($"{what}: {Errno.Text(error)}");
}
