using System.Buffers.Binary;
using Qmp.Machine.Memory;

namespace Qmp.Devices.Workload;

/// <summary>What the workload writes, and the proof that all of it arrived.</summary>
/// <remarks>
/// <para>The working set is one ledger page and data pages after it, written round and round. The ledger holds how
/// many writes were made, so it says which of them each data page must show: the latest. A data page carries the
/// number of its write at both ends and a text derived from it between them.</para>
/// <para>A page that shows an older write was lost, a page whose ends differ is torn, a page whose text is wrong is
/// corrupt. All of it lives in guest memory and migrates like the rest.</para>
/// </remarks>
public sealed class WorkloadPattern
{
    private const int Page = RamBlock.PageSize;
    private const ulong Magic = 0x64616f6c6b726f77; // "workload"
    private const int Body = 32;

    private readonly GuestMemory _memory;
    private readonly ulong _ledger;
    private readonly long _pages;
    private readonly byte[] _head = new byte[Body];
    private readonly byte[] _number = new byte[8];

    /// <summary>The pattern in <paramref name="workingSet"/> bytes from <paramref name="offset"/>.</summary>
    public WorkloadPattern(GuestMemory memory, long offset, long workingSet)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workingSet, 2 * Page);
        _memory = memory;
        _ledger = (ulong)offset;
        _pages = workingSet / Page - 1;
    }

    /// <summary>How many writes the ledger says were made; 0 if there is no ledger of this shape.</summary>
    public ulong Writes
    {
        get
        {
            Span<byte> ledger = stackalloc byte[24];
            _memory.ReadPhysical(_ledger, ledger);
            return BinaryPrimitives.ReadUInt64LittleEndian(ledger) == Magic
                && BinaryPrimitives.ReadInt64LittleEndian(ledger[8..]) == _pages
                ? BinaryPrimitives.ReadUInt64LittleEndian(ledger[16..])
                : 0;
        }
    }

    /// <summary>Makes write number <paramref name="number"/> (from 1); the ledger is not touched.</summary>
    public void Write(ulong number)
    {
        ulong page = PageOf(number);
        BinaryPrimitives.WriteUInt64LittleEndian(_head, number);
        Fill(number, _head.AsSpan(8));
        _memory.WritePhysical(page, _head);
        BinaryPrimitives.WriteUInt64LittleEndian(_number, number);
        _memory.WritePhysical(page + Page - 8, _number);
    }

    /// <summary>Writes into the ledger that <paramref name="writes"/> writes were made.</summary>
    public void Record(ulong writes)
    {
        Span<byte> ledger = stackalloc byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(ledger, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(ledger[8..], _pages);
        BinaryPrimitives.WriteUInt64LittleEndian(ledger[16..], writes);
        _memory.WritePhysical(_ledger, ledger);
    }

    /// <summary>Compares memory with what the ledger says must be there. The guest must be stopped.</summary>
    /// <returns>What is wrong, or <see langword="null"/> if nothing is.</returns>
    public string? Verify()
    {
        ulong writes = Writes;
        ulong first = writes > (ulong)_pages ? writes - (ulong)_pages + 1 : 1;
        Span<byte> head = stackalloc byte[Body];
        Span<byte> expected = stackalloc byte[Body - 8];
        Span<byte> tail = stackalloc byte[8];
        for (ulong number = first; number <= writes; number++)
        {
            ulong page = PageOf(number);
            _memory.ReadPhysical(page, head);
            _memory.ReadPhysical(page + Page - 8, tail);
            ulong begin = BinaryPrimitives.ReadUInt64LittleEndian(head);
            ulong end = BinaryPrimitives.ReadUInt64LittleEndian(tail);
            if (begin != end) return $"page 0x{page:x} is torn: write {begin} at its start, {end} at its end";
            if (begin != number) return $"page 0x{page:x} lost a write: it shows {begin}, not {number}";
            Fill(number, expected);
            if (!head[8..].SequenceEqual(expected)) return $"page 0x{page:x} is corrupt in write {number}";
        }

        return null;
    }

    private ulong PageOf(ulong number) => _ledger + (1 + (number - 1) % (ulong)_pages) * Page;

    private static void Fill(ulong number, Span<byte> text)
    {
        ulong x = number;
        for (int i = 0; i < text.Length; i += 8)
        {
            x = x * 6364136223846793005 + 1442695040888963407;
            BinaryPrimitives.WriteUInt64LittleEndian(text[i..], x);
        }
    }
}
