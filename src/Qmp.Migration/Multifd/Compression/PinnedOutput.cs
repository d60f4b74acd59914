using System.Runtime.InteropServices;
using Qmp.Linux;

namespace Qmp.Migration.Multifd.Compression;

/// <summary>Takes the output of a compression in memory that does not move.</summary>
internal sealed class PinnedOutput : System.IO.Stream
{
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private int _length;

    /// <summary>What was written, as a piece; it stays until the next <see cref="Reset"/>.</summary>
    public IoVector Piece => new(Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, 0), _length);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <summary>Begins anew.</summary>
    public void Reset() => _length = 0;

    /// <summary>Room for bytes, which <see cref="Advance"/> takes as written.</summary>
    public Span<byte> Room(int length)
    {
        if (_buffer.Length - _length < length)
        {
            byte[] larger = GC.AllocateUninitializedArray<byte>(Math.Max(2 * _buffer.Length, _length + length), pinned: true);
            _buffer.AsSpan(0, _length).CopyTo(larger);
            _buffer = larger;
        }

        return _buffer.AsSpan(_length);
    }

    /// <summary>Takes bytes as written that were put where <see cref="Room"/> said.</summary>
    public void Advance(int count) => _length += count;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        buffer.CopyTo(Room(buffer.Length));
        Advance(buffer.Length);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
