using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Qmp.Linux;
using Qmp.Migration.Channels;

namespace Qmp.Migration.Stream;

/// <summary>Gathers what goes into the stream: small pieces are copied, guest pages are sent from where they are.</summary>
/// <remarks>
/// The <c>Put</c> methods never wait. A caller that puts many things calls <see cref="FlushIfFullAsync"/> between them; the
/// buffer has room for any one record (at most <see cref="Slack"/> bytes) after that.
/// </remarks>
public sealed class MigrationWriter
{
    /// <summary>The longest single piece that may be put between two calls of <see cref="FlushIfFullAsync"/>.</summary>
    public const int Slack = 1024;

    private const int BufferSize = 32 * 1024; // as much as QEMU gathers, so that slow rates move in the same steps

    private const int MaxPieces = 1024;

    private IMigrationChannel _channel;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
    private readonly nint _bufferAddress;
    private IoVector[] _pieces;
    private readonly List<CountedPiece> _counted = [];
    private bool _corrupt;
    private int _used;
    private int _count; // of pieces, as if all of them were stored
    private int _places; // of pieces
    private bool _endsInBytes; // the last piece, as if all of them were stored, is one of copied bytes
    private long _pending;
    private long _flushAt;

    /// <summary>Writes to <paramref name="channel"/>.</summary>
    /// <param name="channel">The channel; the writer is its only writer.</param>
    /// <param name="burst">Bytes gathered before they are sent, about.</param>
    public MigrationWriter(IMigrationChannel channel, int burst = 128 * 1024)
    {
        _channel = channel;
        _bufferAddress = Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, 0);
        _pieces = new IoVector[MaxPieces];
        _flushAt = burst;
    }

    /// <summary>Bytes handed to the channel so far. What is gathered counts when it is flushed.</summary>
    public long Transferred { get; private set; }

    /// <inheritdoc cref="IMigrationChannel.IsStarting"/>
    public bool PeerIsStarting => _channel.IsStarting;

    /// <summary>Bytes put so far, gathered ones included.</summary>
    public long Position => Transferred + _pending;

    /// <summary>Bytes gathered before they are sent.</summary>
    public long Burst
    {
        get => _flushAt;
        set => _flushAt = Math.Max(1, value);
    }

    /// <summary>Whether <see cref="FlushIfFullAsync"/> would send.</summary>
    public bool IsFull =>
        _pending >= _flushAt || _count > MaxPieces - 4 || _used > BufferSize - Slack;

    /// <summary>Puts one byte.</summary>
    public void PutByte(byte value) => Reserve(1)[0] = value;

    /// <summary>Puts a big-endian 16-bit number.</summary>
    public void PutBe16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), value);

    /// <summary>Puts a big-endian 32-bit number.</summary>
    public void PutBe32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(4), value);

    /// <summary>Puts a big-endian 64-bit number.</summary>
    public void PutBe64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Reserve(8), value);

    /// <summary>Puts bytes, at most <see cref="Slack"/> of them.</summary>
    public void PutBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Puts a string of at most 255 bytes after a byte with its length.</summary>
    public void PutCountedString(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Span<byte> target = Reserve(1 + length);
        target[0] = checked((byte)length);
        Encoding.UTF8.GetBytes(text, target[1..]);
    }

    /// <summary>Puts memory that stays where it is until the next flush, without a copy.</summary>
    public void PutReference(nint address, int length)
    {
        _pieces[_places++] = new IoVector(address, length);
        _count++;
        _endsInBytes = false;
        _pending += length;
    }

    /// <summary>Puts the rest of a record whose bytes are only counted. Stored, it would be a reference.</summary>
    public void PutCounted(CountedPiece piece)
    {
        Add(piece);
        _count++;
        _endsInBytes = false;
        _pending += piece.Length;
    }

    /// <summary>Puts records of which only the length exists, as many as would be put stored before it is time to send.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="copied">Bytes of a record that are copied.</param>
    /// <param name="referred">Bytes of a record that are referred to.</param>
    /// <param name="make">Makes that many of them.</param>
    /// <returns>How many.</returns>
    public int PutRecords(int count, int copied, int referred, Func<int, CountedPiece> make)
    {
        int put = 0;
        do
        {
            if (!_endsInBytes) _count++;
            if (referred > 0) _count++;
            _endsInBytes = referred == 0;
            _used += copied;
            _pending += copied + referred;
            put++;
        }
        while (put < count && !IsFull);
        Add(make(put));
        return put;
    }

    /// <summary>Puts any number of bytes.</summary>
    public async ValueTask PutAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            await FlushIfFullAsync();
            int step = Math.Min(bytes.Length, Slack);
            PutBytes(bytes.Span[..step]);
            bytes = bytes[step..];
        }
    }

    /// <summary>Puts the head of a command, whose data follows.</summary>
    internal void PutCommand(StreamCommand command, int length)
    {
        PutByte((byte)SectionType.Command);
        PutBe16((ushort)command);
        PutBe16((ushort)length);
    }

    /// <summary>Writes to another channel from now on. What has been gathered is dropped.</summary>
    internal void Reconnect(IMigrationChannel channel)
    {
        _channel = channel;
        _used = 0;
        Clear();
    }

    /// <summary>Counts bytes that went another way than through the stream.</summary>
    public void CountElsewhere(long bytes) => Transferred += bytes;

    /// <summary>Sends what is gathered if it is enough for a burst, or if there might be no room for more.</summary>
    public ValueTask FlushIfFullAsync() => IsFull ? FlushAsync() : ValueTask.CompletedTask;

    /// <summary>Sends what is gathered.</summary>
    /// <exception cref="ChannelException">The channel failed.</exception>
    public async ValueTask FlushAsync()
    {
        if (_pending == 0) return;
        int count = _places;
        long bytes = _pending;
        ValueTask write = _counted.Count > 0 ? WriteCountedAsync()
            : _corrupt ? WriteCorruptedAsync(count)
            : _channel.WriteAsync(_pieces.AsMemory(0, count));
        Clear();
        await write;
        _used = 0;
        Transferred += bytes;
    }

    /// <summary>
    /// Changes a byte on the way out: in the middle of the first guest page that is sent next, or else of the longest
    /// piece. Memory stays as it is.
    /// </summary>
    internal void CorruptNext() => _corrupt = true;

    private async ValueTask WriteCorruptedAsync(int count)
    {
        _corrupt = false;
        int victim = Array.FindIndex(_pieces, 0, count, IsReference);
        if (victim < 0) victim = Array.IndexOf(_pieces, _pieces.Take(count).MaxBy(p => p.Length));
        byte[] changed = GC.AllocateUninitializedArray<byte>((int)_pieces[victim].Length, pinned: true);
        Marshal.Copy(_pieces[victim].Address, changed, 0, changed.Length);
        changed[changed.Length / 2] ^= 0xff;
        _pieces[victim] = new IoVector(Marshal.UnsafeAddrOfPinnedArrayElement(changed, 0), changed.Length);
        await _channel.WriteAsync(_pieces.AsMemory(0, count));
        GC.KeepAlive(changed);
    }

    private bool IsReference(IoVector piece) =>
        piece.Address < _bufferAddress || piece.Address >= _bufferAddress + BufferSize;

    private Span<byte> Reserve(int length)
    {
        // One vector for neighbouring small pieces.
        nint address = _bufferAddress + _used;
        if (_places > 0 && _pieces[_places - 1] is var last && last.Address + last.Length == address)
        {
            _pieces[_places - 1] = last with { Length = last.Length + length };
        }
        else
        {
            if (_places == _pieces.Length) Array.Resize(ref _pieces, 2 * _places);
            _pieces[_places++] = new IoVector(address, length);
        }

        if (!_endsInBytes) _count++;
        _endsInBytes = true;
        _pending += length;
        Span<byte> target = _buffer.AsSpan(_used, length);
        _used += length;
        return target;
    }

    private void Add(CountedPiece piece)
    {
        if (_places == _pieces.Length) Array.Resize(ref _pieces, 2 * _places);
        _counted.Add(piece);
        _pieces[_places++] = new IoVector(-_counted.Count, (nint)piece.Length);
    }

    private ValueTask WriteCountedAsync()
    {
        if (_corrupt) throw new ChannelException("Counted pages have no bytes that could be changed");
        return _channel is ICountedChannel channel
            ? channel.WriteAsync(_pieces.AsMemory(0, _places), _counted)
            : throw new ChannelException("Counted memory goes over virtual connections only");
    }

    private void Clear()
    {
        _count = _places = 0;
        _pending = 0;
        _endsInBytes = false;
        _counted.Clear();
    }
}
