using Qmp.Linux;
using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Migration.Tests.Support;

/// <summary>Feeds given bytes to the machine that reads, and keeps what it writes.</summary>
/// <param name="incoming">The bytes.</param>
/// <param name="pieceSize">Says how many bytes the next read gets at most; without it, as many as there is room for.</param>
internal sealed class ByteConnector(byte[] incoming, Func<int>? pieceSize = null) : IMigrationConnector
{
    public MemoryStream Written { get; } = new();

    public ChannelTraits TraitsOf(MigrationAddress address) => ChannelTraits.None;

    public IMigrationChannel? Open(MigrationAddress address, Action meetFile) => new Channel(this);

    public ValueTask<IMigrationChannel> ConnectAsync(MigrationAddress address, CancellationToken cancellation) => throw new NotSupportedException();

    public IPageFile OpenPages(MigrationAddress address, bool writes, bool direct) => throw new NotSupportedException();

    public IMigrationListener Listen(MigrationAddress address, Action meetFile) => new Listener(this);

    private sealed class Listener(ByteConnector owner) : IMigrationListener
    {
        public IReadOnlyList<SocketAddress> Addresses => [];

        public ValueTask<IMigrationChannel?> AcceptAsync() => new(new Channel(owner));

        public void Dispose()
        {
        }
    }

    private sealed class Channel(ByteConnector owner) : IMigrationChannel
    {
        private int _read;

        public unsafe ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces)
        {
            foreach (IoVector piece in pieces.Span)
            {
                owner.Written.Write(new ReadOnlySpan<byte>((byte*)piece.Address, (int)piece.Length));
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask<int> ReadAsync(Memory<byte> buffer)
        {
            int room = Math.Min(buffer.Length, owner.PieceSize?.Invoke() ?? buffer.Length);
            int count = Math.Min(room, owner.Incoming.Length - _read);
            owner.Incoming.AsMemory(_read, count).CopyTo(buffer);
            _read += count;
            return new ValueTask<int>(count);
        }

        public ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout) => new(false);

        public bool HasUnread => false;

        public bool IsConnection => true;

        public bool IsStarting => false;

        public ValueTask FinishAsync() => ValueTask.CompletedTask;

        public void Shutdown()
        {
        }

        public void Dispose()
        {
        }
    }

    private byte[] Incoming { get; } = incoming;

    private Func<int>? PieceSize { get; } = pieceSize;
}
