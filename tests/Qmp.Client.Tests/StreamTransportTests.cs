using System.Net;
using System.Net.Sockets;
using Qmp.Protocol.Transport;

namespace Qmp.Client.Tests;

[TestFixture]
internal sealed class StreamTransportTests
{
    private StreamConnection _transport = null!;
    private NetworkStream _peer = null!;

    [SetUp]
    public async Task SetUp()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        _transport = new StreamConnection(client.GetStream(), "stream");
        _peer = (await listener.AcceptTcpClientAsync()).GetStream();
    }

    [TearDown]
    public void TearDown()
    {
        _transport.Dispose();
        _peer.Dispose();
    }

    [Test]
    public async Task A_wake_ends_a_receive_and_loses_nothing()
    {
        byte[] buffer = new byte[10];
        Task<int> receiving = _transport.ReceiveAsync(buffer, wakeable: true).AsTask();
        _transport.Wake();
        Assert.That(await receiving.Guarded(), Is.EqualTo(IConnection.Woken));
        await _peer.WriteAsync("abc"u8.ToArray());
        Assert.That(await _transport.ReceiveAsync(buffer.AsMemory(0, 2), wakeable: false).Guarded(), Is.EqualTo(2));
        Assert.That(await _transport.ReceiveAsync(buffer.AsMemory(2), wakeable: true).Guarded(), Is.EqualTo(1));
        Assert.That(buffer[..3], Is.EqualTo("abc"u8.ToArray()));
    }

    [Test]
    public async Task A_wait_ends_when_the_peer_leaves()
    {
        Task<bool> waiting = _transport.WaitForWakeAsync().AsTask();
        _peer.Dispose();
        Assert.That(await waiting.Guarded(), Is.False);
        Assert.That(await _transport.ReceiveAsync(new byte[1], wakeable: false).Guarded(), Is.Zero);
    }

    [Test]
    public async Task A_wait_ends_when_the_peer_has_left()
    {
        _peer.Dispose();
        Assert.That(await _transport.WaitForWakeAsync().Guarded(), Is.False);
    }

    [Test]
    public async Task A_wait_leaves_what_is_received_meanwhile()
    {
        Task<bool> waiting = _transport.WaitForWakeAsync().AsTask();
        await _peer.WriteAsync("abc"u8.ToArray());
        _transport.Wake();
        Assert.That(await waiting.Guarded(), Is.True);
        Assert.That(await _transport.ReceiveAsync(new byte[10], wakeable: false).Guarded(), Is.EqualTo(3));
    }

    [Test]
    public async Task Stopping_ends_a_receive_but_not_sending()
    {
        Task<int> receiving = _transport.ReceiveAsync(new byte[10], wakeable: false).AsTask();
        _transport.StopReceiving();
        Assert.That(await receiving.Guarded(), Is.Zero);
        _transport.Send("last"u8);
        await _transport.DrainAsync(default).AsTask().Guarded();
        byte[] buffer = new byte[10];
        Assert.That(await _peer.ReadAsync(buffer), Is.EqualTo(4));
    }
}
