using System.Buffers;
using Qmp.Linux;
using Qmp.Machine.Time;

namespace Qmp.Migration.Channels.Virtual;

/// <summary>One direction of a virtual connection: bytes that arrive at a rate, after a delay.</summary>
/// <remarks>One activity writes and one reads; a third may end it.</remarks>
internal sealed class VirtualPipe
{
    private const int MaxSegment = 64 * 1024;

    private readonly Timeline _timeline;
    private readonly VirtualLine _line;
    private readonly Action<ReadOnlyMemory<byte>>? _tap;
    private readonly Action _cut;
    private readonly Waker _readable;
    private readonly Waker _writable;
    private readonly Lock _gate = new(); // guards what follows
    private readonly Queue<Segment> _segments = new();
    private long? _cutAfter;
    private long _underWay;
    private int _headRead;
    private bool _writingEnded;
    private bool _readingEnded;

    /// <param name="timeline">Tells the time.</param>
    /// <param name="line">What the bytes travel on.</param>
    /// <param name="cutAfter">Bytes after which <paramref name="cut"/> is called.</param>
    /// <param name="tap">Sees all bytes as they are sent.</param>
    /// <param name="cut">Breaks the connection.</param>
    public VirtualPipe(
        Timeline timeline,
        VirtualLine line,
        long? cutAfter,
        Action<ReadOnlyMemory<byte>>? tap,
        Action cut)
    {
        _timeline = timeline;
        _line = line;
        _cutAfter = cutAfter;
        _tap = tap;
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
        while (!HasEnded && end - _timeline.NowNanoseconds is var left and > 0) await _writable.WaitAsync(Ticks(left));
        return HasEnded;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces)
    {
        var gather = new Gather(pieces);
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

    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (true)
        {
            if (TryTake(buffer, out int count, out long wait))
            {
                if (count > 0) _writable.Wake();
                return count;
            }

            await _readable.WaitAsync(wait == 0 ? Timeout.InfiniteTimeSpan : Ticks(wait));
        }
    }

    // Rounded up: waking early would only wait again.
    private static TimeSpan Ticks(long nanoseconds) => TimeSpan.FromTicks((nanoseconds + 99) / 100);

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
            if (room <= 0) return false;
            long allowed = Math.Min(Math.Min(room, MaxSegment), _cutAfter ?? long.MaxValue);
            int length = (int)Math.Min(allowed, gather.Left);
            if (length > 0) Send(ref gather, length);
            cut = _cutAfter == 0;
            return true;
        }
    }

    private void Send(ref Gather gather, int length)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        gather.CopyTo(bytes.AsSpan(0, length));
        _tap?.Invoke(bytes.AsMemory(0, length));
        _cutAfter -= length;
        _underWay += length;
        _segments.Enqueue(new Segment(bytes, length, _line.Send(_timeline.NowNanoseconds, length)));
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
            count = Take(head, buffer);
            return true;
        }
    }

    private int Take(Segment head, Memory<byte> buffer)
    {
        int count = Math.Min(buffer.Length, head.Length - _headRead);
        head.Bytes.AsMemory(_headRead, count).CopyTo(buffer);
        _headRead += count;
        _underWay -= count;
        if (_headRead == head.Length)
        {
            _segments.Dequeue();
            _headRead = 0;
            ArrayPool<byte>.Shared.Return(head.Bytes);
        }

        return count;
    }

    private readonly record struct Segment(byte[] Bytes, int Length, long ArrivesAt);

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

        public long Left { get; private set; }

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
