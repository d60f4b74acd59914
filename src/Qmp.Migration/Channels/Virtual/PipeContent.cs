using System.Buffers;

namespace Qmp.Migration.Channels.Virtual;

/// <summary>What is under way in a virtual connection, in order: bytes, and pieces that are only counted.</summary>
internal sealed class PipeContent
{
    private readonly Queue<Item> _items = new();
    private readonly Queue<(long Position, CountedPiece Piece)> _arrived = new();
    private long _headTaken;

    /// <summary>How many bytes have been taken.</summary>
    public long Position { get; private set; }

    /// <summary>Adds room for bytes, to be filled at once.</summary>
    public Span<byte> Add(int length)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        _items.Enqueue(new Item(bytes, length, null));
        return bytes.AsSpan(0, length);
    }

    /// <summary>Adds a counted piece.</summary>
    public void Add(CountedPiece piece) => _items.Enqueue(new Item(null, piece.Length, piece));

    /// <summary>Takes as many bytes as fit; so many have arrived. Counted ones leave the target as it is.</summary>
    public void Take(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            Item head = _items.Peek();
            int count = (int)Math.Min(target.Length, head.Length - _headTaken);
            if (head.Bytes is { } bytes) bytes.AsSpan((int)_headTaken, count).CopyTo(target);
            else if (_headTaken == 0) _arrived.Enqueue((Position, head.Counted!));
            target = target[count..];
            Position += count;
            _headTaken += count;
            if (_headTaken < head.Length) continue;
            _items.Dequeue();
            _headTaken = 0;
            if (head.Bytes is not null) ArrayPool<byte>.Shared.Return(head.Bytes);
        }
    }

    /// <inheritdoc cref="ICountedChannel.TryTakeCounted"/>
    public bool TryTakeCounted(out long position, out CountedPiece piece)
    {
        bool isThere = _arrived.TryDequeue(out (long Position, CountedPiece Piece) next);
        (position, piece) = next;
        return isThere;
    }

    private readonly record struct Item(byte[]? Bytes, long Length, CountedPiece? Counted);
}
