using System.Buffers.Binary;
using Qmp.Machine.Memory;

namespace Qmp.Devices.Workload;

/// <summary>What the workload writes, and the proof that all of it arrived.</summary>
/// <remarks>
/// <para>The working set is one ledger page and data pages after it, written round and round. The ledger holds how
/// many writes were made, in all and before this working set, so it says which of them each data page must show: the
/// latest. A data page carries the number of its write at both ends and a text derived from it between them.</para>
/// <para>A page that shows an older write was lost, a page whose ends differ is torn, a page whose text is wrong is
/// corrupt. All of it lives in guest memory and migrates like the rest: numbers in the ledger are little-endian, 8 bytes
/// each, <c>"workload"</c>, pages, writes, writes before.</para>
/// </remarks>
public sealed class WorkloadPattern
{
    private const int Page = RamBlock.PageSize;
    private const ulong Magic = 0x64616f6c6b726f77; // "workload"
    private const int Body = 32;
    private const int LedgerSize = 32;

    private readonly GuestMemory _memory;
    private readonly WorkloadFaults? _faults;
    private readonly ulong _offset;
    private readonly byte[] _head = new byte[Body];
    private readonly byte[] _number = new byte[8];
    private readonly byte[] _record = new byte[LedgerSize];
    private Ledger _ledger;

    /// <summary>The pattern in <paramref name="workingSet"/> bytes from <paramref name="offset"/>.</summary>
    /// <param name="memory">Guest memory.</param>
    /// <param name="offset">Where the ledger is, in bytes.</param>
    /// <param name="workingSet">Bytes of the ledger and the data pages.</param>
    /// <param name="faults">Counts the accesses that wait; <see langword="null"/> for who does not want to know.</param>
    public WorkloadPattern(GuestMemory memory, long offset, long workingSet, WorkloadFaults? faults = null)
    {
        _memory = memory;
        _faults = faults;
        _offset = (ulong)offset;
        _ledger = new Ledger(PagesOf(workingSet), 0, 0);
    }

    /// <summary>How many writes were made, as the ledger in memory says; 0 without a ledger.</summary>
    public ulong Writes
    {
        get
        {
            Span<byte> bytes = stackalloc byte[LedgerSize];
            _memory.Peek(_offset, bytes);
            return Find(bytes)?.Writes ?? 0;
        }
    }

    /// <summary>Bytes of memory that are written.</summary>
    public long WorkingSet => (_ledger.Pages + 1) * Page;

    /// <summary>Continues where the ledger in memory says; without a ledger, begins.</summary>
    /// <returns>How many writes were made.</returns>
    public async ValueTask<ulong> ResumeAsync()
    {
        await ReadAsync(_offset, _record);
        _ledger = Find(_record) ?? _ledger;
        return _ledger.Writes;
    }

    /// <summary>Starts over in another working set; the count of writes continues.</summary>
    public ValueTask ResizeAsync(long workingSet)
    {
        ulong writes = _ledger.Writes;
        _ledger = new Ledger(PagesOf(workingSet), writes, writes);
        return RecordAsync(writes);
    }

    /// <summary>Makes write number <paramref name="number"/>; the ledger is not touched.</summary>
    public async ValueTask WriteAsync(ulong number)
    {
        ulong page = PageOf(_ledger, number);
        BinaryPrimitives.WriteUInt64LittleEndian(_head, number);
        Fill(number, _head.AsSpan(8));
        await WriteAsync(page, _head);
        BinaryPrimitives.WriteUInt64LittleEndian(_number, number);
        await WriteAsync(page + Page - 8, _number);
    }

    /// <summary>Reads back one page that was written before: of all that are, the one in the middle between oldest and newest.</summary>
    /// <remarks>So each page is read once between two writes, when it has had half a round to go astray.</remarks>
    /// <param name="newest">The number of the latest write; the ledger need not know of it yet.</param>
    /// <returns>What is wrong with the page, or <see langword="null"/> if nothing is.</returns>
    public async ValueTask<string?> ReadBackAsync(ulong newest)
    {
        ulong number = newest - (Math.Min(newest - _ledger.Before, (ulong)_ledger.Pages) / 2);
        ulong page = PageOf(_ledger, number);
        await ReadAsync(page, _head);
        await ReadAsync(page + Page - 8, _number);
        return FindDamage(page, number, _head, _number);
    }

    /// <summary>Writes into the ledger that <paramref name="writes"/> writes were made.</summary>
    public ValueTask RecordAsync(ulong writes)
    {
        _ledger = _ledger with { Writes = writes };
        Span<byte> bytes = _record;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], _ledger.Pages);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], _ledger.Writes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], _ledger.Before);
        return WriteAsync(_offset, _record);
    }

    /// <summary>Compares memory with what the ledger says must be there. The guest must be stopped.</summary>
    /// <returns>What is wrong, or <see langword="null"/> if nothing is.</returns>
    public string? Verify()
    {
        Span<byte> bytes = stackalloc byte[LedgerSize];
        _memory.Peek(_offset, bytes);
        if (Find(bytes) is not { } ledger) return null;
        ulong pages = (ulong)ledger.Pages;
        ulong first = Math.Max(ledger.Before + 1, ledger.Writes > pages ? ledger.Writes - pages + 1 : 1);
        Span<byte> head = stackalloc byte[Body];
        Span<byte> tail = stackalloc byte[8];
        for (ulong number = first; number <= ledger.Writes; number++)
        {
            ulong page = PageOf(ledger, number);
            _memory.Peek(page, head);
            _memory.Peek(page + Page - 8, tail);
            if (FindDamage(page, number, head, tail) is { } damage) return damage;
        }

        return null;
    }

    private static string? FindDamage(ulong page, ulong number, ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail)
    {
        ulong begin = BinaryPrimitives.ReadUInt64LittleEndian(head);
        ulong end = BinaryPrimitives.ReadUInt64LittleEndian(tail);
        if (begin != end) return $"page 0x{page:x} is torn: write {begin} at its start, {end} at its end";
        if (begin != number) return $"page 0x{page:x} lost a write: it shows {begin}, not {number}";
        Span<byte> expected = stackalloc byte[Body - 8];
        Fill(number, expected);
        return head[8..].SequenceEqual(expected) ? null : $"page 0x{page:x} is corrupt in write {number}";
    }

    private async ValueTask ReadAsync(ulong address, Memory<byte> data)
    {
        if (_faults is not null && !_memory.IsOpen(address, data.Length, writes: false)) await _faults.WaitAsync(_memory, address, data.Length, writes: false);
        await _memory.ReadAsync(address, data);
    }

    private async ValueTask WriteAsync(ulong address, ReadOnlyMemory<byte> data)
    {
        if (_faults is not null && !_memory.IsOpen(address, data.Length, writes: true)) await _faults.WaitAsync(_memory, address, data.Length, writes: true);
        await _memory.WriteAsync(address, data);
    }

    private static long PagesOf(long workingSet)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workingSet, 2 * Page);
        return (workingSet / Page) - 1;
    }

    private ulong PageOf(Ledger ledger, ulong number) =>
        _offset + ((1 + ((number - ledger.Before - 1) % (ulong)ledger.Pages)) * Page);

    private Ledger? Find(ReadOnlySpan<byte> bytes)
    {
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic) return null;
        var ledger = new Ledger(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));

        // Anything may be in memory: no more than lies in it can be a working set.
        long most = (long)(_memory.LengthFrom(_offset) / Page) - 1;
        return ledger.Pages > 0 && ledger.Pages <= most && ledger.Before <= ledger.Writes ? ledger : null;
    }

    private static void Fill(ulong number, Span<byte> text)
    {
        ulong x = number;
        for (int i = 0; i < text.Length; i += 8)
        {
            x = x * 6364136223846793005 + 1442695040888963407;
            BinaryPrimitives.WriteUInt64LittleEndian(text[i..], x);
        }
    }

    // Data pages, writes in all, and writes before this working set.
    private readonly record struct Ledger(long Pages, ulong Writes, ulong Before);
}
