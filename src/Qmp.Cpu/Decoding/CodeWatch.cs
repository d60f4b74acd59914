using Qmp.Machine.Memory;

namespace Qmp.Cpu.Decoding;

/// <summary>Notices changes of code that has been decoded. It knows code by pieces of 64 bytes, because boot sectors have their data beside it.</summary>
/// <param name="pages">How many pages there are; what lies beyond 4 GiB is no code.</param>
/// <param name="changed">Called when code changes.</param>
internal sealed class CodeWatch(long pages, Action changed) : WriteWatch(new PageBitmap(pages))
{
    private const int PieceBits = 6;

    private readonly ulong[] _pieces = new ulong[Math.Min(pages, 1 << 20)];
    private volatile bool _isStale;

    /// <summary>Whether code has been changed.</summary>
    public bool IsStale => _isStale;

    /// <summary>Says that there is code. Done before its bytes are read.</summary>
    public void Add(ulong offset)
    {
        ref ulong pieces = ref _pieces[offset / RamBlock.PageSize];
        ulong bit = 1UL << PieceOf(offset);
        if ((Volatile.Read(ref pieces) & bit) != 0) return;
        Interlocked.Or(ref pieces, bit);
        Pages.Set((long)(offset / RamBlock.PageSize));
    }

    /// <summary>Says that nothing is code any more.</summary>
    public void Clear()
    {
        _isStale = false;
        Pages.Fill(false);
        Array.Clear(_pieces);
    }

    public override void Written(ulong offset, ulong length)
    {
        ulong page = offset / RamBlock.PageSize;
        if (page >= (ulong)_pieces.Length) return;
        if (length <= sizeof(uint) && (offset & (RamBlock.PageSize - 1)) <= RamBlock.PageSize - length)
        {
            ulong pieces = Volatile.Read(ref _pieces[page]);
            if (pieces != 0 && ((pieces >> PieceOf(offset) | pieces >> PieceOf(offset + length - 1)) & 1) != 0) Change();
            return;
        }

        ulong end = Math.Min((ulong)_pieces.Length, (offset + length + RamBlock.PageSize - 1) / RamBlock.PageSize);
        for (; page < end; page++)
        {
            if (Volatile.Read(ref _pieces[page]) != 0) Change();
        }
    }

    private static int PieceOf(ulong offset) => (int)(offset & (RamBlock.PageSize - 1)) >> PieceBits;

    private void Change()
    {
        _isStale = true;
        changed();
    }
}
