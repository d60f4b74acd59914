namespace Qmp.Migration.Multifd.Compression;

/// <summary>What follows packets, as one stream that pauses at the end of each.</summary>
internal sealed class PacketInput : System.IO.Stream
{
    private ReadOnlyMemory<byte> _left;

    /// <summary>Whether all of the packet has been read.</summary>
    public bool IsEmpty => _left.IsEmpty;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Goes on with what follows the next packet.</summary>
    public void Begin(ReadOnlyMemory<byte> data) => _left = data;

    public override int Read(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _left.Length);
        _left.Span[..count].CopyTo(buffer);
        _left = _left[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
