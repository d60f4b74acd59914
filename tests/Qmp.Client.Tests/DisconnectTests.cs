using Newtonsoft.Json.Linq;

namespace Qmp.Client.Tests;

[TestFixture]
internal sealed class DisconnectTests
{
    [TestCase("", DisconnectReason.ClosedByPeer)]
    [TestCase("\r\n \t", DisconnectReason.ClosedByPeer)]
    [TestCase("{\"retu", DisconnectReason.ClosedWithinMessage)]
    public async Task A_close_fails_what_waits_and_says_who_and_why(string last, DisconnectReason reason)
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        await using QmpConnection _ = connection;
        ValueTask<JToken> first = connection.ExecuteRawAsync("a");
        ValueTask<JToken> second = connection.ExecuteRawAsync("b");
        await peer.ExpectAsync("a");
        peer.SendBytes(last);
        peer.Dispose();
        QmpDisconnectedException failure = await first.FailsWith<QmpDisconnectedException>();
        Assert.That(failure.Reason, Is.EqualTo(reason));
        Assert.That(failure.Disconnect.ByPeer);
        Assert.That(failure.Command, Is.EqualTo("a"));
        Assert.That(failure.WasSent);
        Assert.That((await second.FailsWith<QmpDisconnectedException>()).Command, Is.EqualTo("b"));
        Assert.That((await connection.Completion.Guarded()).Reason, Is.EqualTo(reason));
        Assert.That(connection.IsOpen, Is.False);
    }

    [Test]
    public async Task What_had_not_left_was_not_sent()
    {
        // The peer's side holds 64 bytes after the handshake; what follows waits here.
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync(capacity: 64);
        using ScriptedPeer _ = peer;
        ValueTask<JToken> first = connection.ExecuteRawAsync("first-command-that-leaves-in-part-at-least", []);
        ValueTask<JToken> second = connection.ExecuteRawAsync("second-command-that-does-not", []);
        await connection.DisposeAsync();
        QmpDisconnectedException sent = await first.FailsWith<QmpDisconnectedException>();
        QmpDisconnectedException unsent = await second.FailsWith<QmpDisconnectedException>();
        Assert.That(sent.WasSent, Is.True);
        Assert.That(sent.Message, Does.EndWith("the command may have been run"));
        Assert.That(unsent.WasSent, Is.False);
        Assert.That(unsent.Message, Does.EndWith("the command was not sent"));
        Assert.That(unsent.Reason, Is.EqualTo(DisconnectReason.LocallyDisposed));
        Assert.That(unsent.Disconnect.ByPeer, Is.False);
    }

    [Test]
    public async Task Calls_after_the_end_were_not_sent()
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        await using QmpConnection _ = connection;
        peer.Dispose();
        await connection.Completion.Guarded();
        QmpDisconnectedException failure =
            await connection.ExecuteRawAsync("late").FailsWith<QmpDisconnectedException>();
        Assert.That(failure.WasSent, Is.False);
        Assert.That(failure.Reason, Is.EqualTo(DisconnectReason.ClosedByPeer));
    }

    [TestCase("{]\r\n")]
    [TestCase("garbage\r\n")]
    [TestCase("{\"return\": inf, \"id\": 2}\r\n")]
    [TestCase("\u00ff\u0000")]
    public async Task Garbage_ends_the_connection(string garbage)
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        ValueTask<JToken> call = connection.ExecuteRawAsync("a");
        await peer.ExpectAsync("a");
        peer.SendBytes(garbage);
        QmpDisconnectedException failure = await call.FailsWith<QmpDisconnectedException>();
        Assert.That(failure.Reason, Is.EqualTo(DisconnectReason.ProtocolViolation));
        Assert.That(failure.InnerException, Is.TypeOf<QmpProtocolException>());
        await peer.ExpectEndAsync();
    }

    [Test]
    public async Task A_second_greeting_ends_the_connection()
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        peer.Greet();
        Assert.That(
            (await connection.Completion.Guarded()).Reason, Is.EqualTo(DisconnectReason.ProtocolViolation));
    }

    [Test]
    public async Task A_message_beyond_the_limit_ends_the_connection()
    {
        (ScriptedPeer peer, QmpConnection connection) =
            await ScriptedPeer.ConnectAsync(new() { MaxMessageBytes = 100_000 });
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        ValueTask<JToken> small = connection.ExecuteRawAsync("small");
        await peer.AnswerAsync("small", new string('x', 99_000));
        await small.Guarded();
        ValueTask<JToken> large = connection.ExecuteRawAsync("large");
        await peer.AnswerAsync("large", new string('x', 100_000));
        QmpDisconnectedException failure = await large.FailsWith<QmpDisconnectedException>();
        Assert.That(failure.Reason, Is.EqualTo(DisconnectReason.MessageTooLong));
        Assert.That(failure.Message, Does.Contain("100000 bytes"));
    }

    [Test]
    public async Task Replies_of_many_megabytes_are_fine()
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        ValueTask<JToken> call = connection.ExecuteRawAsync("query-qmp-schema");
        var elements = new JArray(Enumerable.Range(0, 32).Select(_ => new string('x', 1 << 20)));
        await peer.AnswerAsync("query-qmp-schema", elements);
        Assert.That(((JArray)await call.Guarded()).Sum(e => ((string)e!).Length), Is.EqualTo(32 << 20));
    }

    [Test]
    public async Task A_server_that_does_not_read_does_not_fill_the_memory()
    {
        (ScriptedPeer peer, QmpConnection connection) =
            await ScriptedPeer.ConnectAsync(new() { MaxUnsentBytes = 10_000 }, capacity: 64);
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        using var stop = new CancellationTokenSource();
        int accepted = 0;
        Task<JToken> call;
        do
        {
            call = connection.ExecuteRawAsync("poll", cancellationToken: stop.Token).AsTask();
            accepted++;
        }
        while (!call.IsCompleted && accepted < 10_000);
        await call.FailsWith<QmpUsageException>();
        Assert.That(accepted, Is.InRange(100, 1000));
        Assert.That(connection.IsOpen);
        await stop.CancelAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Quitting_is_done_when_the_connection_is(bool replies)
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        await using QmpConnection _ = connection;
        Task<QmpDisconnect> quitting = connection.ExecuteUntilDisconnectAsync("quit");
        JObject request = await peer.ExpectAsync("quit");
        peer.Raise("SHUTDOWN");
        if (replies) peer.Return(request);
        peer.Dispose();
        Assert.That((await quitting.Guarded()).Reason, Is.EqualTo(DisconnectReason.ClosedByPeer));
    }

    [Test]
    public async Task Quitting_can_be_refused()
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        Task<QmpDisconnect> quitting = connection.ExecuteUntilDisconnectAsync("quit");
        peer.Fail(await peer.ExpectAsync("quit"), "not now");
        await quitting.FailsWith<QmpCommandException>();
    }

    [Test]
    public async Task Disposing_twice_is_harmless()
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        using ScriptedPeer _ = peer;
        await connection.DisposeAsync();
        await connection.DisposeAsync();
        Assert.That((await connection.Completion).Reason, Is.EqualTo(DisconnectReason.LocallyDisposed));
        await peer.ExpectEndAsync();
    }
}
