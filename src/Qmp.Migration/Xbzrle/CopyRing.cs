using System.Runtime.InteropServices;
using Qmp.Linux;
using Qmp.Machine.Memory;

namespace Qmp.Migration.Xbzrle;

/// <summary>Copies of pages that stay in place until they have been sent: more of them than a burst can refer to.</summary>
internal sealed class CopyRing
{
    private const int Count = Files.MaxPieces + 1;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Count * RamBlock.PageSize, pinned: true);
    private int _next;

    /// <summary>Room for the next page, and its address. It is the same again until <see cref="Keep"/>.</summary>
    public Span<byte> Next(out nint address)
    {
        int place = _next * RamBlock.PageSize;
        address = Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, place);
        return _bytes.AsSpan(place, RamBlock.PageSize);
    }

    /// <summary>What is in the room will be sent.</summary>
    public void Keep() => _next = (_next + 1) % Count;
}
