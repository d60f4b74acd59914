using System.Globalization;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Newtonsoft.Json.Linq;
using Qmp.Linux.Addresses;
using Qmp.Protocol.Transport;

namespace Qmp.Client.Tests;

[TestFixture]
internal sealed class TransportTests
{
    [Test]
    public async Task Unix_sockets()
    {
        using var folder = new TemporaryFolder();
        using SocketListener listener = SocketListener.Unix(folder.File("m"), isBlocking: false);
        await TalkAsync(listener, () => QmpConnection.ConnectUnixAsync(folder.File("m")));
    }

    [Test]
    public async Task Tcp_ports()
    {
        using SocketListener listener = SocketListener.Tcp("127.0.0.1", 0, isBlocking: false);
        int port = int.Parse(((StreamAddress.Inet)listener.Addresses[0]).Port, CultureInfo.InvariantCulture);
        await TalkAsync(listener, () => QmpConnection.ConnectTcpAsync("127.0.0.1", port));
    }

    [Test]
    public async Task Streams()
    {
        using var folder = new TemporaryFolder();
        using SocketListener listener = SocketListener.Unix(folder.File("m"), isBlocking: false);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(folder.File("m")));
        var stream = new NetworkStream(socket, ownsSocket: true);
        await TalkAsync(listener, () => QmpConnection.ConnectAsync(QmpEndpoint.Over(stream)));
    }

    [Test]
    public async Task A_blocking_transport()
    {
        using var folder = new TemporaryFolder();
        using SocketListener listener = SocketListener.Unix(folder.File("m"), isBlocking: false);
        SocketConnection transport = SocketConnection.Connect(new StreamAddress.Unix(folder.File("m")));
        await TalkAsync(listener, () => QmpConnection.ConnectAsync(QmpEndpoint.Over(transport)));
    }

    [Test]
    public async Task A_server_through_another_transport()
    {
        using var folder = new TemporaryFolder();
        using SocketListener listener = SocketListener.Unix(folder.File("m"), isBlocking: false);
        int? process = null;
        QmpEndpoint endpoint = QmpEndpoint.Unix(folder.File("m")).Through(transport =>
        {
            process = ((AsyncSocketConnection)transport).PeerProcessId;
            return new OneByteConnection(transport);
        });
        await TalkAsync(listener, () => QmpConnection.ConnectAsync(endpoint));
        Assert.That(process, OperatingSystem.IsLinux() ? Is.EqualTo(Environment.ProcessId) : Is.Null);
    }

    [Test]
    public async Task A_stream_that_fails_is_a_failed_transport()
    {
        (ScriptedPeer peer, QmpConnection connection) = await FailingStream.ConnectAsync();
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        peer.SendBytes("!");
        QmpDisconnect end = await connection.Completion.Guarded();
        Assert.That(end.Reason, Is.EqualTo(DisconnectReason.TransportFailed));
        Assert.That(end.Description, Does.Contain("the cable broke"));
    }

    [Test]
    public async Task Descriptors_travel_with_their_command()
    {
        using var folder = new TemporaryFolder();
        using SocketListener listener = SocketListener.Unix(folder.File("m"), isBlocking: false);
        Task<QmpConnection> connecting = QmpConnection.ConnectUnixAsync(folder.File("m"));
        using var server = (AsyncSocketConnection)(await listener.AcceptAsync().Guarded())!;
        using var peer = new ScriptedPeer(server);
        await peer.AcceptAsync();
        await using QmpConnection connection = await connecting.Guarded();
        await File.WriteAllTextAsync(folder.File("a"), "contents");
        using SafeFileHandle file = File.OpenHandle(folder.File("a"));
        ValueTask<JToken> call = connection.ExecuteRawAsync(
            "getfd", new JObject { ["fdname"] = "a" }, new() { Descriptor = file });
        JObject request = await peer.ExpectAsync("getfd");
        using (var received = new SafeFileHandle(server.TakeDescriptor(), ownsHandle: true))
        {
            byte[] text = new byte[100];
            Assert.That(RandomAccess.Read(received, text, 0), Is.EqualTo(8));
        }

        Assert.That(file.IsClosed, Is.False);
        peer.Return(request);
        await call.Guarded();
    }

    [Test]
    public async Task One_descriptor_is_under_way_at_a_time()
    {
        using var folder = new TemporaryFolder();
        using SocketListener listener = SocketListener.Unix(folder.File("m"), isBlocking: false);
        Task<QmpConnection> connecting = QmpConnection.ConnectUnixAsync(folder.File("m"));
        using var peer = new ScriptedPeer((await listener.AcceptAsync().Guarded())!);
        await peer.AcceptAsync();
        await using QmpConnection connection = await connecting.Guarded();
        await File.WriteAllTextAsync(folder.File("a"), "contents");
        using SafeFileHandle file = File.OpenHandle(folder.File("a"));
        using var stop = new CancellationTokenSource();
        ValueTask<JToken> first = connection.ExecuteRawAsync("getfd", [], new() { Descriptor = file }, stop.Token);
        JObject firstRequest = await peer.ExpectAsync("getfd");
        ValueTask<JToken> second = connection.ExecuteRawAsync("add-fd", [], new() { Descriptor = file });
        ValueTask<JToken> other = connection.ExecuteRawAsync("query-status");
        // The second descriptor waits, others do not, and giving up the first does not let it through.
        await peer.AnswerAsync("query-status");
        await other.Guarded();
        await stop.CancelAsync();
        await first.FailsWith<OperationCanceledException>();
        ValueTask<JToken> another = connection.ExecuteRawAsync("query-name");
        await peer.AnswerAsync("query-name");
        await another.Guarded();
        peer.Return(firstRequest);
        await peer.AnswerAsync("add-fd");
        await second.Guarded();
    }

    [Test]
    public async Task A_slow_server_gets_the_descriptor_with_the_right_command()
    {
        using var folder = new TemporaryFolder();
        using SocketListener listener = SocketListener.Unix(folder.File("m"), isBlocking: false);
        Task<QmpConnection> connecting = QmpConnection.ConnectUnixAsync(folder.File("m"));
        using var server = (AsyncSocketConnection)(await listener.AcceptAsync().Guarded())!;
        using var peer = new ScriptedPeer(server);
        await peer.AcceptAsync();
        await using QmpConnection connection = await connecting.Guarded();
        await File.WriteAllTextAsync(folder.File("a"), "contents");
        using SafeFileHandle file = File.OpenHandle(folder.File("a"));
        var filler = new JObject { ["text"] = new string('x', 1 << 20) };
        ValueTask<JToken>[] before =
            [.. Enumerable.Range(0, 4).Select(_ => connection.ExecuteRawAsync("fill", filler))];
        ValueTask<JToken> call = connection.ExecuteRawAsync("getfd", [], new() { Descriptor = file });
        foreach (ValueTask<JToken> fill in before)
        {
            await peer.AnswerAsync("fill");
            await fill.Guarded();
        }

        JObject request = await peer.ExpectAsync("getfd");
        using (var received = new SafeFileHandle(server.TakeDescriptor(), ownsHandle: true))
        {
            Assert.That(received.IsInvalid, Is.False);
        }

        peer.Return(request);
        await call.Guarded();
    }

    [Test]
    public async Task Only_unix_sockets_carry_descriptors()
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("a"), "contents");
        using SafeFileHandle file = File.OpenHandle(folder.File("a"));
        for (int i = 0; i < 2; i++)
        {
            await connection.ExecuteRawAsync("getfd", [], new() { Descriptor = file }).FailsWith<QmpUsageException>();
        }

        ValueTask<JToken> next = connection.ExecuteRawAsync("next");
        await peer.AnswerAsync("next");
        await next.Guarded();
    }

    private static async Task TalkAsync(SocketListener listener, Func<Task<QmpConnection>> connect)
    {
        Task<QmpConnection> connecting = connect();
        using var peer = new ScriptedPeer((await listener.AcceptAsync().Guarded())!);
        await peer.AcceptAsync();
        await using QmpConnection connection = await connecting.Guarded();
        using EventSubscription events = connection.Subscribe();
        ValueTask<JToken> call = connection.ExecuteRawAsync("a", new JObject { ["large"] = new string('x', 1 << 20) });
        JObject request = await peer.ExpectAsync("a");
        peer.Raise("E");
        peer.Return(request, new string('y', 1 << 20));
        Assert.That(((string?)await call.Guarded())!.Length, Is.EqualTo(1 << 20));
        Assert.That(events.TryRead(out _));
        peer.Dispose();
        Assert.That((await connection.Completion.Guarded()).Reason, Is.EqualTo(DisconnectReason.ClosedByPeer));
    }

    /// <summary>A stream over memory whose reading fails at an exclamation mark.</summary>
    private sealed class FailingStream(MemoryConnection inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public static async Task<(ScriptedPeer Peer, QmpConnection Connection)> ConnectAsync()
        {
            (MemoryConnection client, MemoryConnection server) = MemoryConnection.CreatePair("failing");
            var peer = new ScriptedPeer(server);
            var connection = new QmpConnection(QmpEndpoint.Over(new FailingStream(client)));
            await peer.AcceptAsync(connection);
            return (peer, connection);
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await inner.ReceiveAsync(buffer, wakeable: false);
            return buffer.Span[..count].Contains((byte)'!') ? throw new IOException("the cable broke") : count;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            inner.Send(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
