using Microsoft.Win32.SafeHandles;
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

    private const nuint HugePageSize = 2 << 20;

    private readonly SafeFileHandle? _file;
    private byte* _base;
    private volatile PageBitmap? _dirtyRateLog;
    private volatile PageGate? _gate;

    private RamBlock(string id, ulong length, bool shared, nint address, SafeFileHandle? file)
    {
        Id = id;
        Length = length;
        IsShared = shared;
        _base = (byte*)address;
        _file = file;
        long pages = (long)(length / PageSize);
        DirtyLog = new PageBitmap(pages);
        Written = new PageBitmap(pages);
        if (file is not null) Written.Fill(true); // what a file holds is not ours to know
    }

    /// <summary>The name in the stream, such as <c>ram</c> or <c>pc.ram</c>.</summary>
    public string Id { get; }

    /// <summary>Bytes, a multiple of <see cref="PageSize"/>.</summary>
    public ulong Length { get; }

    /// <summary>How many target pages.</summary>
    public long Pages => (long)(Length / PageSize);

    /// <summary>Whether other processes map the same memory (<c>share=on</c>), so that it need not be sent.</summary>
    public bool IsShared { get; }

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

    /// <summary>Pages ever written; all others read as zeros.</summary>
    public PageBitmap Written { get; }

    /// <summary>Address of the first byte, for system calls that gather and scatter.</summary>
    public nint Address => (nint)_base;

    /// <summary>Maps <paramref name="length"/> bytes of zeros.</summary>
    /// <exception cref="IOException">The memory cannot be mapped.</exception>
    public static RamBlock Anonymous(string id, ulong length, bool preallocate = false)
    {
        CheckLength(length);
        if (length == 0) return new RamBlock(id, 0, false, 0, null);
        int error = MapAligned(checked((nuint)length), out nint address);
        if (error < 0) throw Failure($"cannot set up guest memory '{id}'", error);
        var block = new RamBlock(id, length, false, address, null);
        if (preallocate) block.Preallocate();
        return block;
    }

    /// <summary>Maps the first <paramref name="length"/> bytes of a file, which the block then owns.</summary>
    /// <exception cref="IOException">The memory cannot be mapped.</exception>
    public static RamBlock FromFile(string id, ulong length, SafeFileHandle file, bool shared, bool preallocate)
    {
        CheckLength(length);
        int error = MemoryMap.MapFile(file, checked((nuint)length), shared, out nint address);
        if (error < 0)
        {
            file.Dispose();
            throw Failure("unable to map backing store for guest RAM", error);
        }

        var block = new RamBlock(id, length, shared, address, file);
        if (preallocate) block.Preallocate();
        return block;
    }

    /// <summary>The bytes from <paramref name="offset"/> as they are, whatever the gate says.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The range leaves the block, or is longer than <see cref="MaxSpan"/>.
    /// </exception>
    public ReadOnlySpan<byte> Peek(ulong offset, int length) => Slice(offset, length);

    /// <summary>Pages, to be filled with what has arrived. The caller then calls <see cref="EndPlace"/>.</summary>
    /// <param name="page">The number of the first.</param>
    /// <param name="count">How many; not more than <see cref="MaxSpan"/>.</param>
    public Span<byte> BeginPlace(long page, int count = 1) => Slice((ulong)page * PageSize, count * PageSize);

    /// <summary>Records that pages have been filled, and lets those have them who wait for them.</summary>
    /// <param name="page">The number of the first.</param>
    /// <param name="count">How many.</param>
    public void EndPlace(long page, long count = 1)
    {
        MarkWritten((ulong)page * PageSize, (ulong)count * PageSize);
        if (_gate is not { } gate) return;
        for (long end = page + count; page < end; page++) gate.Placed(page);
    }

    /// <summary>Fills a page with zeros and records it. One that is zero already is not touched, so it costs no memory.</summary>
    /// <param name="page">The number of the page.</param>
    public void PlaceZeros(long page)
    {
        if (!Written[page] || !BeginPlace(page).ContainsAnyExcept((byte)0))
        {
            _gate?.Placed(page);
            return;
        }

        BeginPlace(page).Clear();
        EndPlace(page);
    }

    /// <summary>Puts bytes into the block before the machine starts.</summary>
    public void Load(ulong offset, ReadOnlySpan<byte> data) => Write(offset, data);

    /// <summary>Changes bytes on behalf of a caller that has passed the gate.</summary>
    internal void Write(ulong offset, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return;
        data.CopyTo(Slice(offset, data.Length));
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
    }

    /// <inheritdoc/>
    public void Dispose()
    {
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

    // Aligned to huge pages, so that the kernel can use them: on first touch they cost a fraction of small ones.
    private static int MapAligned(nuint length, out nint address)
    {
        if (length < HugePageSize) return MemoryMap.MapZeros(length, out address);
        int error = MemoryMap.MapZeros(length + HugePageSize, out nint mapped);
        address = (mapped + (nint)HugePageSize - 1) & -(nint)HugePageSize;
        if (error < 0) return error;
        nuint before = (nuint)(address - mapped);
        if (before > 0) MemoryMap.Unmap(mapped, before);
        MemoryMap.Unmap(address + (nint)length, HugePageSize - before);
        MemoryMap.AdviseHugePages(address, length); // a kernel without them maps small ones
        return 0;
    }

    private void Preallocate()
    {
        if (MemoryMap.Populate((nint)_base, (nuint)Length) == 0) return;

        // Kernels before 5.14 lack the advice: touch every page, keeping what a file holds.
        for (ulong offset = 0; offset < Length; offset += PageSize)
        {
            byte* page = _base + offset;
            Volatile.Write(ref *page, Volatile.Read(ref *page));
        }
    }

    private static void CheckLength(ulong length)
    {
        if (length % PageSize != 0) throw new ArgumentException("not a multiple of the page size", nameof(length));
    }

    private static IOException Failure(string what, int error) => new($"{what}: {Errno.Text(error)}");
}
