using System.Net.Sockets;
using System.Text;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Posix;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Channels;

/// <summary>How connections begin.</summary>
[TestFixture]
internal sealed class ConnectionTests
{
    [Test]
    public async Task Descriptor_that_was_accepted_outlives_its_listener()
    {
        string path = Path.Combine(Path.GetTempPath(), $"qmp{Environment.ProcessId}.sock");
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(path));
        server.Listen();
        using var peer = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await peer.ConnectAsync(new UnixDomainSocketEndPoint(path));
        File.Delete(path);
        Socket passed = await server.AcceptAsync();
        var connector = new PosixConnector(new OneDescriptor(passed));
        var address = new MigrationAddress.Socket { Value = new SocketAddress.Fd { Value = new FdSocketAddress { Str = "mig" } } };
        IMigrationListener listener = connector.Listen(address, () => { });
        using IMigrationChannel channel = (await listener.AcceptAsync())!;
        listener.Dispose();
        peer.Send("hello"u8);
        byte[] buffer = new byte[5];
        Assert.That(await channel.ReadAsync(buffer), Is.EqualTo(5));
        Assert.That(Encoding.ASCII.GetString(buffer), Is.EqualTo("hello"));
    }

    [Test]
    public void Destination_learns_of_a_migration_that_was_cancelled_while_it_connected()
    {
        var timeline = new VirtualTimeline();
        var connector = new CancellingConnector(new VirtualNetwork(timeline));
        using var source = new TestMachine(timeline, connector, "src", 1 << 20);
        using var destination = new TestMachine(timeline, connector, "dst", 1 << 20);
        connector.Cancel = source.Core.Cancel;
        timeline.Run(async () =>
        {
            destination.Listening("/mig");
            source.Running();
            source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/mig")));
            await Wait.UntilAsync(timeline, () => destination.Status == MigrationStatus.Failed);
        });
        Assert.That(source.Status, Is.EqualTo(MigrationStatus.Cancelled));
        Assert.That(source.Machine.IsRunning);
    }

    // The first connection is cancelled when it has begun.
    private sealed class CancellingConnector(IMigrationConnector inner) : IMigrationConnector
    {
        private bool _hasCancelled;

        public Action Cancel { get; set; } = () => { };

        public ChannelTraits TraitsOf(MigrationAddress address) => inner.TraitsOf(address);

        public IMigrationChannel? Open(MigrationAddress address, Action meetFile) => inner.Open(address, meetFile);

        public ValueTask<IMigrationChannel> ConnectAsync(MigrationAddress address, CancellationToken cancellation)
        {
            if (_hasCancelled) return inner.ConnectAsync(address, cancellation);
            _hasCancelled = true;
            Cancel();
            throw new OperationCanceledException(cancellation);
        }

        public IPageFile OpenPages(MigrationAddress address, bool writes, bool direct) => inner.OpenPages(address, writes, direct);

        public IMigrationListener Listen(MigrationAddress address, Action meetFile) => inner.Listen(address, meetFile);
    }

    private sealed class OneDescriptor(Socket socket) : IPassedDescriptors
    {
        public int Take(string name)
        {
            int descriptor = (int)socket.SafeHandle.DangerousGetHandle();
            socket.SafeHandle.SetHandleAsInvalid(); // it is the taker's now
            return descriptor;
        }

        public int Duplicate(long set, int flags) => throw new ChannelException("there are no sets");
    }
}
