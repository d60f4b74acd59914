using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Migration.Tests.Support;

/// <summary>Feeds given bytes to whoever reads, and keeps what is written.</summary>
internal sealed class ByteTransport(byte[] incoming) : IMigrationTransport
{
    public MemoryStream Written { get; } = new();

    public IMigrationChannel? Open(MigrationAddress address, Action<string> warn) => new Channel(this);

    public ValueTask<IMigrationChannel> ConnectAsync(MigrationAddress address, CancellationToken cancellation) => throw new NotSupportedException();

    public IMigrationListener Listen(MigrationAddress address, Action<string> warn) => new Listener(this);

    private sealed class Listener(ByteTransport owner) : IMigrationListener
    {
        public IReadOnlyList<SocketAddress> Addresses => [];

        public ValueTask<IMigrationChannel?> AcceptAsync() => new(new Channel(owner));

        public void Dispose()
        {
        }
    }

    private sealed class Channel(ByteTransport owner) : IMigrationChannel
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
            int count = Math.Min(buffer.Length, owner.Incoming.Length - _read);
            owner.Incoming.AsMemory(_read, count).CopyTo(buffer);
            _read += count;
            return new ValueTask<int>(count);
        }

        public ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout) => new(false);

        public bool HasUnread => false;

        public ValueTask FinishAsync() => ValueTask.CompletedTask;

        public void Shutdown()
        {
        }

        public void Dispose()
        {
        }
    }

    private byte[] Incoming { get; } = incoming;
}
