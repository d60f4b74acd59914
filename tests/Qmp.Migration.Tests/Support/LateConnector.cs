using Qmp.Linux;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Migration.Tests.Support;

/// <summary>Connects to a destination that takes its time to read, and may hang up then.</summary>
/// <param name="timeline">Where it happens.</param>
/// <param name="readsAt">When it has read everything, in milliseconds from the connection on.</param>
/// <param name="hangsUpAt">When it hangs up, if it does.</param>
internal sealed class LateConnector(Timeline timeline, long readsAt, long? hangsUpAt) : IMigrationConnector
{
    public ChannelTraits TraitsOf(MigrationAddress address) => ChannelTraits.None;

    public IMigrationChannel? Open(MigrationAddress address, Action meetFile) => null;

    public ValueTask<IMigrationChannel> ConnectAsync(MigrationAddress address, CancellationToken cancellation) =>
        new(new Channel(timeline, readsAt, hangsUpAt));

    public IPageFile OpenPages(MigrationAddress address, bool writes, bool direct) => throw new NotSupportedException();

    public IMigrationListener Listen(MigrationAddress address, Action meetFile) => throw new NotSupportedException();

    private sealed class Channel(Timeline timeline, long readsAt, long? hangsUpAt) : IMigrationChannel
    {
        private readonly long _start = timeline.NowMilliseconds;
        private readonly Waker _waker = timeline.CreateWaker();

        public bool HasUnread => Now < readsAt;

        private long Now => timeline.NowMilliseconds - _start;

        public ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces) => ValueTask.CompletedTask;

        public ValueTask<int> ReadAsync(Memory<byte> buffer) => new(0);

        public async ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout)
        {
            await _waker.WaitAsync(timeout);
            return Now >= hangsUpAt;
        }

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
}
