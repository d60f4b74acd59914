using Qmp.Linux;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Migration.Tests.Support;

/// <summary>
/// Feeds a destination connections that hold given bytes and end then, in the given order, and keeps what a source writes to
/// each connection that it makes.
/// </summary>
/// <param name="timeline">Where the machines run.</param>
/// <param name="incoming">What comes over the connections to a destination, in the order of their arrival.</param>
/// <param name="answers">What a source reads from its first connection.</param>
/// <param name="pieceSize">Says how many bytes the next read gets at most; without it, as many as there is room for.</param>
internal sealed class ManyConnector(Timeline timeline, byte[][]? incoming = null, byte[]? answers = null, Func<int>? pieceSize = null)
    : IMigrationConnector
{
    /// <summary>What was written to each connection.</summary>
    public List<MemoryStream> Written { get; } = [];

    public ChannelTraits TraitsOf(MigrationAddress address) => ChannelTraits.ManyChannels;

    public IMigrationChannel? Open(MigrationAddress address, Action meetFile) => null;

    public ValueTask<IMigrationChannel> ConnectAsync(MigrationAddress address, CancellationToken cancellation) =>
        new(Connect(Written.Count == 0 ? answers ?? [] : []));

    public IPageFile OpenPages(MigrationAddress address, bool writes, bool direct) => throw new NotSupportedException();

    public IMigrationListener Listen(MigrationAddress address, Action meetFile) => new Listener(this, timeline.CreateWaker());

    private Channel Connect(byte[] bytes)
    {
        var written = new MemoryStream();
        Written.Add(written);
        return new Channel(bytes, written, pieceSize);
    }

    private sealed class Listener(ManyConnector owner, Waker waker) : IMigrationListener
    {
        private readonly Queue<byte[]> _left = new(owner.Incoming);
        private bool _isOver;

        public IReadOnlyList<SocketAddress> Addresses => [];

        public async ValueTask<IMigrationChannel?> AcceptAsync()
        {
            while (!_isOver)
            {
                if (_left.TryDequeue(out byte[]? next)) return owner.Connect(next);
                await waker.WaitAsync();
            }

            return null;
        }

        public void Dispose()
        {
            _isOver = true;
            waker.Wake();
        }
    }

    private sealed class Channel(byte[] bytes, MemoryStream written, Func<int>? pieceSize) : IMigrationChannel
    {
        private int _read;
        private bool _isCut;

        public unsafe ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces)
        {
            foreach (IoVector piece in pieces.Span) written.Write(new ReadOnlySpan<byte>((byte*)piece.Address, (int)piece.Length));
            return ValueTask.CompletedTask;
        }

        public ValueTask<int> ReadAsync(Memory<byte> buffer)
        {
            int room = Math.Min(buffer.Length, pieceSize?.Invoke() ?? buffer.Length);
            int count = _isCut ? 0 : Math.Min(room, bytes.Length - _read);
            bytes.AsMemory(_read, count).CopyTo(buffer);
            _read += count;
            return new ValueTask<int>(count);
        }

        public ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout) => new(false);

        public bool HasUnread => false;

        public bool IsStarting => false;

        public bool IsConnection => true;

        public ValueTask FinishAsync() => ValueTask.CompletedTask;

        public void Shutdown() => _isCut = true;

        public void Dispose() => _isCut = true;
    }

    private byte[][] Incoming { get; } = incoming ?? [];
}
