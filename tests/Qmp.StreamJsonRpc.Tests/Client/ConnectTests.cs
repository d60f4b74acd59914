using Newtonsoft.Json;
using Qmp.Protocol.Messages;
using Qmp.StreamJsonRpc.Tests.Support;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Tests.Client;

[TestFixture]
internal sealed class ConnectTests
{
    private Peer _peer = null!;

    [SetUp]
    public void Open() => _peer = Peer.Create();

    [TearDown]
    public void Close() => _peer.Dispose();

    [Test]
    public async Task Greeting_is_taken_and_oob_enabled_where_it_is_offered()
    {
        Task<QmpMessageHandler> connecting = QmpMessageHandler.ConnectAsync(_peer.Other);
        await _peer.SayAsync(Peer.Greeting);
        Assert.That(await _peer.HearAsync(), Is.EqualTo(Peer.Negotiation));
        await _peer.SayAsync("""{"return": {}, "id": "qmp_capabilities"}""");
        using QmpMessageHandler handler = await connecting;
        Assert.Multiple(() =>
        {
            Assert.That(handler.Version, Is.EqualTo(new QmpVersion(10, 0, 2, "p")));
            Assert.That(handler.Capabilities, Is.EqualTo(new[] { "oob" }));
            Assert.That(handler.IsOutOfBandEnabled, Is.True);
        });
    }

    [TestCase("[]", true)]
    [TestCase("""["new"]""", true)]
    [TestCase("""["oob"]""", false)]
    public async Task Nothing_is_enabled_that_is_not_offered_or_not_wanted(string offered, bool wanted)
    {
        Task<QmpMessageHandler> connecting =
            QmpMessageHandler.ConnectAsync(_peer.Other, new QmpHandlerOptions { EnableOutOfBand = wanted });
        await _peer.SayAsync($$$"""{"QMP": {"version": {}, "capabilities": {{{offered}}}}}""");
        Assert.That(
            await _peer.HearAsync(), Is.EqualTo("""{"execute": "qmp_capabilities", "id": "qmp_capabilities"}"""));
        await _peer.SayAsync("""{"return": {}, "id": "qmp_capabilities"}""");
        using QmpMessageHandler handler = await connecting;
        Assert.That(handler.IsOutOfBandEnabled, Is.False);
    }

    [Test]
    public async Task What_comes_right_behind_the_negotiation_is_kept()
    {
        Task<QmpMessageHandler> connecting = QmpMessageHandler.ConnectAsync(_peer.Other);
        await _peer.SayAsync(Peer.Greeting);
        await _peer.HearAsync();
        await _peer.SayAsync("""{"return": {}, "id": "qmp_capabilities"} {"event": "STOP"} {"event": "RESUME"}""");
        using QmpMessageHandler handler = await connecting;
        Assert.That((await handler.ReadAsync<JsonRpcRequest>()).Method, Is.EqualTo("STOP"));
        Assert.That((await handler.ReadAsync<JsonRpcRequest>()).Method, Is.EqualTo("RESUME"));
    }

    [Test]
    public async Task Peer_that_greets_otherwise_is_refused()
    {
        Task<QmpMessageHandler> connecting = QmpMessageHandler.ConnectAsync(_peer.Other);
        await _peer.SayAsync("""{"jsonrpc": "2.0"}""");
        Assert.That(() => connecting, Throws.InstanceOf<QmpProtocolException>());
        Assert.That(_peer.Other.IsClosed, Is.True);
    }

    [Test]
    public async Task Peer_that_speaks_no_JSON_is_refused()
    {
        Task<QmpMessageHandler> connecting = QmpMessageHandler.ConnectAsync(_peer.Other);
        await _peer.SayAsync("SSH-2.0-OpenSSH_9.2");
        Assert.That(() => connecting, Throws.InstanceOf<JsonReaderException>().With.Message.Contains("stray 'S'"));
    }

    [Test]
    public async Task Refused_negotiation_says_why()
    {
        Task<QmpMessageHandler> connecting = QmpMessageHandler.ConnectAsync(_peer.Other);
        await _peer.SayAsync(Peer.Greeting);
        await _peer.HearAsync();
        await _peer.SayAsync("""{"id": "qmp_capabilities", "error": {"class": "GenericError", "desc": "not today"}}""");
        Assert.That(() => connecting, Throws.InstanceOf<QmpProtocolException>().With.Message.Contains("not today"));
    }

    [Test]
    public void Peer_that_hangs_up_first_is_an_error()
    {
        Task<QmpMessageHandler> connecting = QmpMessageHandler.ConnectAsync(_peer.Other);
        _peer.Stream.Dispose();
        Assert.That(() => connecting, Throws.InstanceOf<EndOfStreamException>());
    }

    [Test]
    public void Waiting_for_the_greeting_can_be_given_up()
    {
        using var cancellation = new CancellationTokenSource();
        Task<QmpMessageHandler> connecting =
            QmpMessageHandler.ConnectAsync(_peer.Other, cancellationToken: cancellation.Token);
        cancellation.Cancel();
        Assert.That(() => connecting, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_peer.Other.IsClosed, Is.True);
    }

    [Test]
    public void Socket_that_nobody_listens_on_is_an_error() =>
        Assert.That(
            () => QmpMessageHandler.ConnectUnixAsync(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())),
            Throws.InstanceOf<System.Net.Sockets.SocketException>());
}
