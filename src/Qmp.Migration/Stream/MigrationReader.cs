using System.Buffers.Binary;
using System.Text;
using Qmp.Migration.Channels;

namespace Qmp.Migration.Stream;

/// <summary>Reads a stream the way QEMU's loader does.</summary>
/// <remarks>
/// <para>Two steps: <see cref="NeedAsync"/> waits until enough bytes are here, then the getters take them without
/// waiting. Past the end they give zeros and <see cref="Failed"/> is set, for good; the callers look at it where QEMU
/// looks, so that a stream cut at any byte is refused with the same words.</para>
/// </remarks>
public sealed class MigrationReader
{
    private readonly IMigrationChannel _channel;
    private readonly ICountedChannel? _countedChannel;
    private readonly Queue<(long At, CountedPiece Piece)> _counted = new(); // of which a part has been read
    private readonly byte[] _buffer;
    private int _position;
    private int _limit;
    private long _bufferStart;
    private bool _corrupt;

    /// <summary>The most that <see cref="NeedAsync"/> can be asked for at once.</summary>
    public const int MaxNeed = 64 * 1024;

    /// <summary>Reads from <paramref name="channel"/>.</summary>
    /// <param name="channel">The channel; the reader is its only reader.</param>
    /// <param name="start">What has been read of it already.</param>
    /// <param name="bufferSize">Bytes to read ahead at most.</param>
    public MigrationReader(IMigrationChannel channel, ReadOnlySpan<byte> start = default, int bufferSize = 512 * 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferSize, MaxNeed);
        _channel = channel;
        _countedChannel = channel as ICountedChannel;
        _buffer = GC.AllocateUninitializedArray<byte>(bufferSize, pinned: true);
        start.CopyTo(_buffer);
        _limit = start.Length;
    }

    /// <summary>Whether the stream ended or broke before what was asked for.</summary>
    public bool Failed { get; private set; }

    /// <summary>How the channel broke, if it did not just end.</summary>
    public ChannelException? Failure { get; private set; }

    /// <summary>Offset in the stream of the next byte.</summary>
    public long Position => _bufferStart + _position;

    /// <summary>How many bytes can be taken without waiting.</summary>
    public int Available => _limit - _position;

    /// <summary>The bytes that can be taken without waiting.</summary>
    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_position, Available);

    /// <summary>The counted piece that the next byte belongs to; <see langword="null"/> if that is a byte of its own.</summary>
    /// <param name="taken">How many bytes of the piece have been taken.</param>
    public CountedPiece? CountedHere(out long taken)
    {
        taken = 0;
        while (_counted.TryPeek(out (long At, CountedPiece Piece) next))
        {
            taken = Position - next.At;
            if (taken < 0) return null;
            if (taken < next.Piece.Length) return next.Piece;
            _counted.Dequeue();
        }

        return null;
    }

    /// <summary>Waits until <paramref name="count"/> bytes are here or the stream has ended.</summary>
    public ValueTask NeedAsync(int count) =>
        Available >= count || Failed ? ValueTask.CompletedTask : FillAsync(count);

    /// <summary>Goes on at another place of a file, which is the reader's channel.</summary>
    /// <exception cref="ChannelException">There is no such place.</exception>
    public void Seek(ISeekableChannel file, long place)
    {
        file.Position = place;
        _bufferStart += _limit;
        _position = _limit = 0;
    }

    /// <summary>Drops bytes that <see cref="Buffered"/> showed.</summary>
    public void Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Available);
        _position += count;
    }

    /// <summary>Changes a byte of what is taken next, as far ahead as has been read, or else will be.</summary>
    internal void CorruptNext()
    {
        _corrupt = Available == 0;
        if (!_corrupt) CorruptBuffered();
    }

    /// <summary>Takes one byte.</summary>
    public byte GetByte()
    {
        if (_position < _limit) return _buffer[_position++];
        Failed = true;
        return 0;
    }

    /// <summary>Takes a big-endian 16-bit number.</summary>
    public ushort GetBe16()
    {
        Span<byte> bytes = stackalloc byte[2];
        Get(bytes);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    /// <summary>Takes a big-endian 32-bit number.</summary>
    public uint GetBe32()
    {
        Span<byte> bytes = stackalloc byte[4];
        Get(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <summary>Takes a big-endian 64-bit number.</summary>
    public ulong GetBe64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Get(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>Takes as many bytes as fit; zeros stand for those past the end.</summary>
    /// <returns>How many there really were.</returns>
    public int Get(Span<byte> bytes)
    {
        int count = Math.Min(bytes.Length, Available);
        _buffer.AsSpan(_position, count).CopyTo(bytes);
        _position += count;
        if (count == bytes.Length) return count;
        bytes[count..].Clear();
        Failed = true;
        return count;
    }

    /// <summary>Waits until a string that follows a byte with its length is there, or the stream has ended.</summary>
    public async ValueTask NeedCountedStringAsync()
    {
        await NeedAsync(1);
        if (Available > 0) await NeedAsync(1 + Buffered[0]);
    }

    /// <summary>Takes a string that follows a byte with its length.</summary>
    /// <param name="complete">Whether all of it was there, and it is not empty.</param>
    public string GetCountedString(out bool complete)
    {
        int length = GetByte();
        Span<byte> bytes = stackalloc byte[255];
        int count = Get(bytes[..length]);
        complete = count == length && length > 0;

        // A C string ends at its first NUL, whatever the length says.
        Span<byte> text = bytes[..count];
        int nul = text.IndexOf((byte)0);
        return Encoding.Latin1.GetString(nul < 0 ? text : text[..nul]);
    }

    /// <summary>Reads and drops bytes, however many.</summary>
    public async ValueTask DiscardAsync(long count)
    {
        while (count > 0)
        {
            await NeedAsync(1);
            int step = (int)Math.Min(count, Available);
            if (step == 0)
            {
                Failed = true;
                return;
            }

            Skip(step);
            count -= step;
        }
    }

    private async ValueTask FillAsync(int count)
    {
        if (_buffer.Length - _position < count)
        {
            int left = Available;
            _buffer.AsSpan(_position, left).CopyTo(_buffer);
            _bufferStart += _position;
            _position = 0;
            _limit = left;
        }
        else if (_position == _limit)
        {
            _bufferStart += _position;
            _position = _limit = 0;
        }

        while (Available < count)
        {
            int read;
            long before = _countedChannel?.ReadPosition ?? 0;
            try
            {
                read = await _channel.ReadAsync(_buffer.AsMemory(_limit));
            }
            catch (ChannelException e)
            {
                Failure = e;
                read = 0;
            }

            // The end alone is not a failure. Taking more than there is, is one.
            if (read == 0) return;
            while (_countedChannel is not null && _countedChannel.TryTakeCounted(out long position, out CountedPiece piece))
            {
                _counted.Enqueue((_bufferStart + _limit + position - before, piece));
            }

            _limit += read;
            if (!_corrupt) continue;
            _corrupt = false;
            CorruptBuffered();
        }
    }

    private void CorruptBuffered() => _buffer[_position + (Available / 2)] ^= 0xff;
}
