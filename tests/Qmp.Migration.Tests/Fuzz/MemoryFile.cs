using Qmp.Linux;
using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Migration.Tests.Fuzz;

/// <summary>A file in memory, to be read.</summary>
/// <param name="content">What is in it.</param>
internal sealed class MemoryFile(byte[] content) : IMigrationConnector
{
    public ChannelTraits TraitsOf(MigrationAddress address) => ChannelTraits.Seekable;

    public IMigrationChannel? Open(MigrationAddress address, Action meetFile) => throw new NotSupportedException();

    public ValueTask<IMigrationChannel> ConnectAsync(MigrationAddress address, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public IPageFile OpenPages(MigrationAddress address, bool writes, bool direct) => new Channel(content);

    public IMigrationListener Listen(MigrationAddress address, Action meetFile) => new Listener(content);

    private sealed class Listener(byte[] content) : IMigrationListener
    {
        public IReadOnlyList<SocketAddress> Addresses => [];

        public ValueTask<IMigrationChannel?> AcceptAsync() => new(new Channel(content));

        public void Dispose()
        {
        }
    }

    private sealed class Channel(byte[] content) : ISeekableChannel
    {
        public long Position { get; set; }

        public bool HasUnread => false;

        public bool IsStarting => false;

        public bool IsConnection => false;

        public ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces) => throw new NotSupportedException();

        public ValueTask WriteAtAsync(ReadOnlyMemory<IoVector> pieces, long offset) => throw new NotSupportedException();

        public ValueTask<int> ReadAsync(Memory<byte> buffer)
        {
            int count = Copy(buffer.Span, Position);
            Position += count;
            return new ValueTask<int>(count);
        }

        public unsafe ValueTask<long> ReadAtAsync(ReadOnlyMemory<IoVector> pieces, long offset)
        {
            // As the system refuses them, and memory that is not there.
            if (offset < 0) throw new ChannelException("Unable to read from file: Invalid argument");
            IoVector piece = pieces.Span[0];
            return new ValueTask<long>(Copy(new Span<byte>((byte*)piece.Address, checked((int)piece.Length)), offset));
        }

        public ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout) => new(false);

        public ValueTask FinishAsync() => ValueTask.CompletedTask;

        public void Shutdown()
        {
        }

        public void Dispose()
        {
        }

        private int Copy(Span<byte> target, long offset)
        {
            if (offset >= content.Length) return 0;
            int count = Math.Min(target.Length, content.Length - (int)offset);
            content.AsSpan((int)offset, count).CopyTo(target);
            return count;
        }
    }
}
