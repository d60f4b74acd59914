using Qmp.Linux;
using Qmp.Machine.Time;

namespace Qmp.Migration.Channels.Virtual;

/// <summary>One direction of a virtual connection: bytes that arrive at a rate, after a delay.</summary>
/// <remarks>One activity writes and one reads; a third may end it.</remarks>
internal sealed class VirtualPipe
{
    private const int LeastSegment = 64 * 1024;
    private const int MostSegment = 256 * 1024;
    private const long Fast = 64 << 20; // bytes a second

    private readonly Timeline _timeline;
    private readonly VirtualLine _line;
    private readonly Action<ReadOnlyMemory<byte>>? _tap;
    private readonly Action<int>? _count;
    private readonly Action _cut;
    private readonly int _segment; // bytes that arrive together, at most
    private readonly int _leastRoom; // that is worth sending into
    private readonly Waker _readable;
    private readonly Waker _writable;
    private readonly Lock _gate = new(); // guards what follows
    private readonly Queue<Segment> _segments = new();
    private readonly PipeContent _content = new();
    private long? _cutAfter;
    private long _underWay;
    private int _headRead;
    private bool _writingEnded;
    private bool _readingEnded;

    /// <param name="timeline">Tells the time.</param>
    /// <param name="line">What the bytes travel on.</param>
    /// <param name="cutAfter">Bytes after which <paramref name="cut"/> is called.</param>
    /// <param name="tap">Sees all bytes as they are sent; not those that are only counted.</param>
    /// <param name="count">Is told how many bytes are sent.</param>
    /// <param name="cut">Breaks the connection.</param>
    public VirtualPipe(
        Timeline timeline,
        VirtualLine line,
        long? cutAfter,
        Action<ReadOnlyMemory<byte>>? tap,
        Action<int>? count,
        Action cut)
    {
        _timeline = timeline;
        _line = line;
        _segment = Math.Clamp(line.Settings.Buffer / 4, LeastSegment, MostSegment);

        // On a fast link nothing is sent in bits, which would travel as bits for ever. On a slow one, whoever sends goes on evenly.
        _leastRoom = line.Settings.Bandwidth is > 0 and < Fast ? 1 : Math.Min(_segment, (line.Settings.Buffer + 1) / 2);
        _cutAfter = cutAfter;
        _tap = tap;
        _count = count;
        _cut = cut;
        _readable = timeline.CreateWaker();
        _writable = timeline.CreateWaker();
    }

    /// <summary>Nothing more will be written; what is under way still arrives.</summary>
    public void EndWriting()
    {
        lock (_gate) _writingEnded = true;
        _readable.Wake();
        _writable.Wake();
    }

    /// <summary>Nothing more will be read; the writer finds out.</summary>
    public void EndReading()
    {
        lock (_gate) _readingEnded = true;
        EndWriting();
    }

    /// <summary>Waits until nothing written here will be read any more.</summary>
    public async ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout)
    {
        long end = _timeline.NowNanoseconds + (long)timeout.TotalNanoseconds;
        while (!HasEnded && end - _timeline.NowNanoseconds is var left and > 0) await _writable.WaitAsync(Waker.LimitOf(left));
        return HasEnded;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces) => SendAsync(new Gather(pieces));

    /// <inheritdoc cref="ICountedChannel.WriteAsync"/>
    public ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces, IReadOnlyList<CountedPiece> counted)
    {
        // What is written stays as it is, so all of it may be taken at once. When it leaves is another matter.
        lock (_gate)
        {
            foreach (IoVector piece in pieces.Span)
            {
                if (piece.Address < 0) _content.Add(counted[-1 - (int)piece.Address]);
                else new Gather(new[] { piece }).CopyTo(_content.Add((int)piece.Length));
            }
        }

        return SendAsync(new Gather(new Gather(pieces).Left));
    }

    private async ValueTask SendAsync(Gather gather)
    {
        while (gather.Left > 0)
        {
            if (!TrySend(ref gather, out bool cut))
            {
                await _writable.WaitAsync();
                continue;
            }

            _readable.Wake();
            if (cut) _cut();
        }
    }

    /// <summary>How many bytes have been read.</summary>
    public long ReadPosition
    {
        get
        {
            lock (_gate) return _content.Position;
        }
    }

    /// <inheritdoc cref="ICountedChannel.TryTakeCounted"/>
    public bool TryTakeCounted(out long position, out CountedPiece piece)
    {
        lock (_gate) return _content.TryTakeCounted(out position, out piece);
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (true)
        {
            if (TryTake(buffer, out int count, out long wait))
            {
                if (count > 0) _writable.Wake();
                return count;
            }

            await _readable.WaitAsync(wait == 0 ? Timeout.InfiniteTimeSpan : Waker.LimitOf(wait));
        }
    }

    private bool HasEnded
    {
        get
        {
            lock (_gate) return _readingEnded || _writingEnded;
        }
    }

    // False if there is no room.
    private bool TrySend(ref Gather gather, out bool cut)
    {
        lock (_gate)
        {
            cut = false;
            if (_writingEnded || _readingEnded)
            {
                throw new ChannelException("Unable to write to socket: Broken pipe");
            }

            long room = _line.Settings.Buffer - _underWay;
            if (room < Math.Min(gather.Left, _leastRoom)) return false;
            long allowed = Math.Min(Math.Min(room, _segment), _cutAfter ?? long.MaxValue);
            int length = (int)Math.Min(allowed, gather.Left);
            if (length > 0) Send(ref gather, length);
            cut = _cutAfter == 0;
            return true;
        }
    }

    private void Send(ref Gather gather, int length)
    {
        if (gather.HasBytes)
        {
            Span<byte> bytes = _content.Add(length);
            gather.CopyTo(bytes);
            _tap?.Invoke(bytes.ToArray());
        }
        else
        {
            gather.Skip(length);
        }

        _count?.Invoke(length);
        _cutAfter -= length;
        _underWay += length;
        _segments.Enqueue(new Segment(length, _line.Send(_timeline.NowNanoseconds, length)));
    }

    // True with bytes, or with none at the end; else how long until the next arrive, or 0 if none are under way.
    private bool TryTake(Memory<byte> buffer, out int count, out long wait)
    {
        lock (_gate)
        {
            (count, wait) = (0, 0);
            if (_readingEnded) return true;
            if (!_segments.TryPeek(out Segment head)) return _writingEnded;
            wait = head.ArrivesAt - _timeline.NowNanoseconds;
            if (wait > 0) return false;
            count = Take(head, buffer.Span);
            return true;
        }
    }

    private int Take(Segment head, Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, head.Length - _headRead);
        _content.Take(buffer[..count]);
        _headRead += count;
        _underWay -= count;
        if (_headRead == head.Length)
        {
            _segments.Dequeue();
            _headRead = 0;
        }

        return count;
    }

    private readonly record struct Segment(int Length, long ArrivesAt);

    /// <summary>Walks over scattered memory.</summary>
    private struct Gather
    {
        private readonly ReadOnlyMemory<IoVector> _pieces;
        private int _index;
        private int _offset;

        public Gather(ReadOnlyMemory<IoVector> pieces)
        {
            _pieces = pieces;
            foreach (IoVector piece in pieces.Span) Left += piece.Length;
        }

        /// <summary>Bytes that are elsewhere already.</summary>
        public Gather(long length) => Left = length;

        public long Left { get; private set; }

        public readonly bool HasBytes => !_pieces.IsEmpty;

        public void Skip(int length) => Left -= length;

        public unsafe void CopyTo(Span<byte> target)
        {
            while (!target.IsEmpty)
            {
                IoVector piece = _pieces.Span[_index];
                int count = (int)Math.Min(target.Length, piece.Length - _offset);
                new ReadOnlySpan<byte>((byte*)piece.Address + _offset, count).CopyTo(target);
                target = target[count..];
                Left -= count;
                _offset += count;
                if (_offset < piece.Length) continue;
                _index++;
                _offset = 0;
            }
        }
    }
}
