using Qmp.Machine.Memory;
using Qmp.Migration.Multifd.Packets;

namespace Qmp.Migration.Multifd;

/// <summary>Pages of one block that go into one packet.</summary>
internal sealed class PageBatch
{
    private readonly ulong[] _offsets = new ulong[MultifdPacket.MaxPages];

    /// <summary>The block.</summary>
    public RamBlock? Block { get; private set; }

    /// <summary>How many pages.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is no room for more.</summary>
    public bool IsFull => Count == MultifdPacket.MaxPages;

    /// <summary>Where the pages begin, in bytes.</summary>
    public Span<ulong> Offsets => _offsets.AsSpan(0, Count);

    /// <summary>Whether a page can be added.</summary>
    public bool Takes(RamBlock block) => Count == 0 || (!IsFull && ReferenceEquals(block, Block));

    /// <summary>Adds a page.</summary>
    public void Add(RamBlock block, long page)
    {
        Block = block;
        _offsets[Count++] = (ulong)page * RamBlock.PageSize;
    }

    /// <summary>Drops the pages.</summary>
    public void Clear() => (Block, Count) = (null, 0);

    /// <summary>Puts pages of zeros behind the others, in the order in which QEMU has them.</summary>
    /// <returns>How many others there are.</returns>
    public int SortZeroPages()
    {
        int first = 0;
        int last = Count - 1;
        while (first <= last)
        {
            if (!IsZero(_offsets[first]))
            {
                first++;
                continue;
            }

            (_offsets[first], _offsets[last]) = (_offsets[last], _offsets[first]);
            last--;
        }

        return first;
    }

    private bool IsZero(ulong offset) => Block!.IsZero((long)(offset / RamBlock.PageSize));
}
