using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Qmp.Machine.Interop;

namespace Qmp.Machine.Memory;

/// <summary>One block of guest RAM, as the migration stream knows it: a name, a length, pages.</summary>
/// <remarks>
/// <para>The memory is mapped, so that untouched pages cost nothing. Everything that changes it while the
/// machine lives goes through <see cref="Write"/> or <see cref="MarkWritten"/>, which keep two records: the dirty log,
/// which each sync of a migration takes, and the set of pages ever written, which spares both ends of a migration
/// from reading pages that must be zero.</para>
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
    private volatile PageBitmap? _secondLog;

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
        get => _secondLog;
        set => _secondLog = value;
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
        nint address = MapAligned(checked((nuint)length));
        if (address == LibC.MapFailed) throw Failure($"cannot set up guest memory '{id}'");
        var block = new RamBlock(id, length, false, address, null);
        if (preallocate) block.Preallocate();
        return block;
    }

    /// <summary>Maps the first <paramref name="length"/> bytes of a file, which the block then owns.</summary>
    /// <exception cref="IOException">The memory cannot be mapped.</exception>
    public static RamBlock FromFile(string id, ulong length, SafeFileHandle file, bool shared, bool preallocate)
    {
        CheckLength(length);
        nint address = LibC.MapFile(
            0,
            checked((nuint)length),
            LibC.ProtRead | LibC.ProtWrite,
            shared ? LibC.MapShared : LibC.MapPrivate,
            file,
            0);
        if (address == LibC.MapFailed)
        {
            file.Dispose();
            throw Failure("unable to map backing store for guest RAM");
        }

        var block = new RamBlock(id, length, shared, address, file);
        if (preallocate) block.Preallocate();
        return block;
    }

    /// <summary>The bytes from <paramref name="offset"/>, to be read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The range leaves the block, or is longer than <see cref="MaxSpan"/>.
    /// </exception>
    public ReadOnlySpan<byte> Read(ulong offset, int length) => Slice(offset, length);

    /// <summary>Changes guest memory and records it.</summary>
    public void Write(ulong offset, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return;
        data.CopyTo(Slice(offset, data.Length));
        MarkWritten(offset, (ulong)data.Length);
    }

    /// <summary>
    /// The bytes from <paramref name="offset"/>, to be changed in place. The caller then calls
    /// <see cref="MarkWritten"/>.
    /// </summary>
    public Span<byte> BeginWrite(ulong offset, int length) => Slice(offset, length);

    /// <summary>Records that guest memory was changed in place.</summary>
    public void MarkWritten(ulong offset, ulong length)
    {
        long first = (long)(offset / PageSize);
        long count = (long)((offset + length + PageSize - 1) / PageSize) - first;
        Written.SetRange(first, count);
        Thread.MemoryBarrier(); // the data before the bit that announces it
        DirtyLog.SetRange(first, count);
        _secondLog?.SetRange(first, count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_base is null) return;
        LibC.Unmap((nint)_base, (nuint)Length);
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
    private static nint MapAligned(nuint length)
    {
        if (length < HugePageSize) return MapAnonymous(length);
        nint mapped = MapAnonymous(length + HugePageSize);
        if (mapped == LibC.MapFailed) return mapped;
        nint address = (mapped + (nint)HugePageSize - 1) & -(nint)HugePageSize;
        nuint before = (nuint)(address - mapped);
        if (before > 0) LibC.Unmap(mapped, before);
        LibC.Unmap(address + (nint)length, HugePageSize - before);
        LibC.Advise(address, length, LibC.AdviceHugePage); // a kernel without them maps small ones
        return address;
    }

    private static nint MapAnonymous(nuint length) => LibC.Map(
        0,
        length,
        LibC.ProtRead | LibC.ProtWrite,
        LibC.MapPrivate | LibC.MapAnonymous | LibC.MapNoReserve,
        -1,
        0);

    private void Preallocate()
    {
        if (LibC.Advise((nint)_base, (nuint)Length, LibC.AdvicePopulateWrite) == 0) return;

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

    private static IOException Failure(string what) =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
}
