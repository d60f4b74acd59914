using Newtonsoft.Json.Linq;
using Qmp.Client.Tests.Support;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Transport;

namespace Qmp.Client.Tests;

[TestFixture]
internal sealed class OpeningTests
{
    [Test]
    public async Task The_server_is_told_apart_by_its_greeting()
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        Assert.That(connection.Greeting.Version, Is.EqualTo(new QmpVersion(10, 0, 2, "test")));
        Assert.That(connection.Greeting.Capabilities, Is.EqualTo(["oob"]));
        Assert.That(connection.IsOpen);
    }

    [TestCase("\"oob\"", true, true)]
    [TestCase("\"oob\"", false, false)]
    [TestCase("", true, false)]
    [TestCase("\"something-newer\"", true, false)]
    public async Task Out_of_band_execution_is_enabled_if_offered_and_wanted(string offered, bool wanted, bool enabled)
    {
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        await using var connection = new QmpConnection(endpoint, new() { EnableOutOfBand = wanted });
        Task opening = connection.OpenAsync();
        peer.Greet(offered);
        JObject request = await peer.AnswerAsync("qmp_capabilities");
        await opening.Guarded();
        Assert.That(connection.IsOutOfBandEnabled, Is.EqualTo(enabled));
        string[]? enable = enabled ? ["oob"] : null;
        Assert.That(request["arguments"]?["enable"]?.ToObject<string[]>(), Is.EqualTo(enable));
    }

    [Test]
    public async Task Events_before_the_greeting_and_the_end_of_negotiation_reach_who_subscribed_before_opening()
    {
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        await using var connection = new QmpConnection(endpoint);
        using EventSubscription events = connection.Subscribe();
        Task opening = connection.OpenAsync();
        for (int i = 0; i < 6; i++) peer.Raise($"EARLY{i}");
        peer.Greet();
        JObject request = await peer.ExpectAsync("qmp_capabilities");
        peer.Raise("BETWEEN");
        peer.Return(request);
        await opening.Guarded();
        var names = new List<string>();
        while (events.TryRead(out QmpEvent? value)) names.Add(value.Name);
        Assert.That(
            names, Is.EqualTo(["EARLY0", "EARLY1", "EARLY2", "EARLY3", "EARLY4", "EARLY5", "BETWEEN"]));
    }

    [Test]
    public async Task One_deadline_covers_greeting_and_negotiation([Values] bool greets)
    {
        var time = new ManualTime();
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        await using var connection = new QmpConnection(
            endpoint, new() { ConnectTimeout = TimeSpan.FromSeconds(10), Time = time });
        Task opening = connection.OpenAsync();
        time.Advance(TimeSpan.FromSeconds(6));
        if (greets)
        {
            peer.Greet();
            await peer.ExpectAsync("qmp_capabilities");
        }

        Assert.That(opening.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromSeconds(4));
        QmpConnectException failure = await opening.FailsWith<QmpConnectException>();
        Assert.That(failure.Phase, Is.EqualTo(greets ? ConnectPhase.Negotiation : ConnectPhase.Greeting));
        Assert.That(failure.InnerException, Is.TypeOf<TimeoutException>());
        await peer.ExpectEndAsync();
    }

    [Test]
    public async Task Giving_up_is_a_cancellation()
    {
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        await using var connection = new QmpConnection(endpoint);
        using var stop = new CancellationTokenSource();
        Task opening = connection.OpenAsync(stop.Token);
        await stop.CancelAsync();
        await opening.FailsWith<OperationCanceledException>();
        Assert.That((await connection.Completion.Guarded()).Reason, Is.EqualTo(DisconnectReason.ConnectFailed));
    }

    [TestCase("", ConnectPhase.Greeting, DisconnectReason.ClosedByPeer)]
    [TestCase("{\"QMP\": {\"vers", ConnectPhase.Greeting, DisconnectReason.ClosedWithinMessage)]
    [TestCase("greet", ConnectPhase.Negotiation, DisconnectReason.ClosedByPeer)]
    [TestCase("greet{\"return\"", ConnectPhase.Negotiation, DisconnectReason.ClosedWithinMessage)]
    public async Task A_close_tells_its_phase(string script, ConnectPhase phase, DisconnectReason reason)
    {
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        await using var connection = new QmpConnection(endpoint);
        Task opening = connection.OpenAsync();
        if (script.StartsWith("greet", StringComparison.Ordinal))
        {
            peer.Greet();
            await peer.ExpectAsync("qmp_capabilities");
            script = script[5..];
        }

        peer.SendBytes(script);
        peer.Dispose();
        QmpConnectException failure = await opening.FailsWith<QmpConnectException>();
        Assert.That(failure.Phase, Is.EqualTo(phase));
        Assert.That(((QmpDisconnectedException)failure.InnerException!).Reason, Is.EqualTo(reason));
    }

    [TestCase("SSH-2.0-OpenSSH_9.2\r\n")]
    [TestCase("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [TestCase("{\"return\": {}}\r\n")]
    [TestCase("{\"hello\": \"world\"}\r\n")]
    [TestCase("[1, 2]\r\n")]
    public async Task Who_does_not_greet_does_not_speak_the_protocol(string first)
    {
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        await using var connection = new QmpConnection(endpoint);
        Task opening = connection.OpenAsync();
        peer.SendBytes(first);
        QmpConnectException failure = await opening.FailsWith<QmpConnectException>();
        Assert.That(failure.Phase, Is.EqualTo(ConnectPhase.Greeting));
        Assert.That(failure.InnerException, Is.TypeOf<QmpProtocolException>());
        await peer.ExpectEndAsync();
    }

    [Test]
    public async Task A_refused_negotiation_carries_the_servers_words()
    {
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        await using var connection = new QmpConnection(endpoint);
        Task opening = connection.OpenAsync();
        peer.Greet();
        peer.Fail(await peer.ExpectAsync("qmp_capabilities"), "not today");
        QmpConnectException failure = await opening.FailsWith<QmpConnectException>();
        Assert.That(failure.Phase, Is.EqualTo(ConnectPhase.Negotiation));
        Assert.That(((QmpCommandException)failure.InnerException!).Error, Is.EqualTo(QmpError.Generic("not today")));
    }

    [Test]
    public async Task Nobody_listening_is_told_at_once()
    {
        using var folder = new TemporaryFolder();
        QmpConnectException failure = await QmpConnection.ConnectUnixAsync(folder.File("none"))
            .FailsWith<QmpConnectException>();
        Assert.That(failure.Phase, Is.EqualTo(ConnectPhase.Connecting));
        Assert.That(failure.Endpoint, Is.EqualTo(folder.File("none")));
        Assert.That(failure.InnerException, Is.TypeOf<TransportException>());
    }

    [Test]
    public async Task A_server_that_is_still_starting_can_be_waited_for()
    {
        var time = new ManualTime();
        (MemoryConnection client, MemoryConnection server) = MemoryConnection.CreatePair("late");
        using var peer = new ScriptedPeer(server);
        int attempts = 0;
        QmpEndpoint endpoint = QmpEndpoint.Custom("late", _ => ++attempts < 3
            ? throw new TransportException("nobody there")
            : new ValueTask<IConnection>(client));
        await using var connection = new QmpConnection(
            endpoint, new() { ConnectRetryInterval = TimeSpan.FromMilliseconds(50), Time = time });
        Task opening = connection.OpenAsync();
        // The first timer is the deadline.
        await time.WhenStarted(2);
        time.Advance(TimeSpan.FromMilliseconds(50));
        await time.WhenStarted(3);
        time.Advance(TimeSpan.FromMilliseconds(50));
        await peer.AcceptAsync();
        await opening.Guarded();
        Assert.That(attempts, Is.EqualTo(3));
    }

    [Test]
    public async Task Waiting_for_a_server_ends_at_the_deadline()
    {
        var time = new ManualTime();
        await using var connection = new QmpConnection(
            QmpEndpoint.Custom("never", _ => throw new TransportException("nobody there")),
            new()
            {
                ConnectRetryInterval = TimeSpan.FromSeconds(20),
                ConnectTimeout = TimeSpan.FromSeconds(5),
                Time = time,
            });
        Task opening = connection.OpenAsync();
        await time.WhenStarted(2);
        time.Advance(TimeSpan.FromSeconds(5));
        QmpConnectException failure = await opening.FailsWith<QmpConnectException>();
        Assert.That(failure.Phase, Is.EqualTo(ConnectPhase.Connecting));
        Assert.That(failure.Message, Is.EqualTo("never: cannot connect: nothing within 5 s; the last attempt: nobody there"));
    }

    [Test]
    public async Task Waiting_for_a_server_can_end_before_the_deadline()
    {
        var time = new ManualTime();
        await using var connection = new QmpConnection(
            QmpEndpoint.Custom("never", _ => throw new TransportException("nobody there")),
            new()
            {
                ConnectRetryInterval = TimeSpan.FromMilliseconds(500),
                ConnectRetryTime = TimeSpan.FromSeconds(1),
                ConnectTimeout = TimeSpan.FromSeconds(60),
                Time = time,
            });
        Task opening = connection.OpenAsync();
        // The first timer is the deadline.
        for (int attempt = 1; attempt <= 2; attempt++)
        {
            await time.WhenStarted(1 + attempt);
            Assert.That(opening.IsCompleted, Is.False);
            time.Advance(TimeSpan.FromMilliseconds(500));
        }

        QmpConnectException failure = await opening.FailsWith<QmpConnectException>();
        Assert.That(failure.Message, Is.EqualTo("never: cannot connect: nobody there"));
        Assert.That(failure.InnerException, Is.TypeOf<TransportException>());
    }

    [Test]
    public async Task Disposing_ends_an_opening()
    {
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        var connection = new QmpConnection(endpoint);
        Task opening = connection.OpenAsync();
        await connection.DisposeAsync().AsTask().Guarded();
        QmpConnectException failure = await opening.FailsWith<QmpConnectException>();
        Assert.That(
            ((QmpDisconnectedException)failure.InnerException!).Reason, Is.EqualTo(DisconnectReason.LocallyDisposed));
    }

    [Test]
    public async Task Without_negotiation_it_is_open_at_once()
    {
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        await using QmpConnection connection = await QmpConnection.ConnectAsync(
            endpoint, new() { Negotiate = false }).Guarded();
        ValueTask<JToken> ping = connection.ExecuteRawAsync("guest-ping");
        await peer.AnswerAsync("guest-ping");
        await ping.Guarded();
        Assert.That(connection.Greeting.Version, Is.Null);
    }

    [Test]
    public async Task Who_negotiates_alone_gets_the_greeting_and_may_use_what_was_negotiated()
    {
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        await using QmpConnection connection = await QmpConnection.ConnectAsync(
            endpoint, new() { Negotiate = false }).Guarded();
        peer.Greet();
        ValueTask<JToken> negotiation = connection.ExecuteRawAsync(
            "qmp_capabilities", new JObject { ["enable"] = new JArray("oob") });
        await peer.AnswerAsync("qmp_capabilities");
        await negotiation.Guarded();
        Assert.That(connection.Greeting.Version!.Major, Is.EqualTo(10));
        ValueTask<JToken> urgent = connection.ExecuteRawAsync("query-yank", options: new() { OutOfBand = true });
        peer.Return(await peer.ExpectAsync("query-yank"));
        await urgent.Guarded();
        peer.Greet();
        Assert.That((await connection.Completion.Guarded()).Reason, Is.EqualTo(DisconnectReason.ProtocolViolation));
    }

    [Test]
    public async Task A_connection_opens_once()
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        await connection.OpenAsync().FailsWith<QmpUsageException>();
        Assert.That(connection.IsOpen);
    }

    [Test]
    public async Task A_transport_serves_one_connection()
    {
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        await using var connection = new QmpConnection(endpoint);
        await peer.AcceptAsync(connection);
        await QmpConnection.ConnectAsync(endpoint).FailsWith<QmpUsageException>();
        Assert.That(connection.IsOpen);
    }

    [TestCase("/run/vm.sock", "/run/vm.sock")]
    [TestCase("vm.sock", "vm.sock")]
    [TestCase("unix:vm.sock", "vm.sock")]
    [TestCase("localhost:4444", "localhost:4444")]
    [TestCase("tcp:127.0.0.1:4444", "127.0.0.1:4444")]
    [TestCase("[::1]:4444", "::1:4444")]
    [TestCase("./a:1", "./a:1")]
    public void Addresses_are_read_as_people_write_them(string text, string name) =>
        Assert.That(QmpEndpoint.Parse(text).Name, Is.EqualTo(name));

    [TestCase("")]
    [TestCase("unix:")]
    [TestCase("tcp:")]
    [TestCase("tcp:localhost")]
    [TestCase("tcp:localhost:x")]
    public void What_is_no_address_is_refused(string text) =>
        Assert.That(() => QmpEndpoint.Parse(text), Throws.TypeOf<FormatException>());

    [Test]
    public void Options_out_of_range_are_refused()
    {
        Assert.That(() => new QmpClientOptions { MaxMessageBytes = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => new QmpClientOptions { MaxMessageBytes = (64 << 20) + 1 },
            Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new QmpClientOptions { EventCapacity = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
