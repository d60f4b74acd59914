using System.Buffers;
using Qmp.Linux;

namespace Qmp.Migration.Channels;

/// <summary>A piece of memory that stays in place, for what takes managed memory.</summary>
/// <param name="piece">The piece.</param>
internal sealed unsafe class PieceMemory(IoVector piece) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => new((byte*)piece.Address, checked((int)piece.Length));

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)piece.Address + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
