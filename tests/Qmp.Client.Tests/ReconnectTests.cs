using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Client.Tests.Support;
using Qmp.Protocol.Transport;

namespace Qmp.Client.Tests;

[TestFixture]
internal sealed class ReconnectTests
{
    private readonly ManualTime _time = new();
    private MemoryListener _listener = null!;
    private int _attempts;
    private int _refuse;

    private QmpEndpoint Endpoint => QmpEndpoint.Custom("memory", _ =>
    {
        _attempts++;
        if (_refuse-- > 0) throw new TransportException("nobody there");
        return new ValueTask<IConnection>(_listener.Connect());
    });

    private ReconnectOptions Options => new() { Client = new() { Time = _time } };

    [SetUp]
    public void SetUp()
    {
        _listener = new MemoryListener("memory");
        _attempts = 0;
        _refuse = 0;
    }

    [TearDown]
    public void TearDown() => _listener.Dispose();

    [Test]
    public async Task It_comes_back_resynchronises_and_never_repeats()
    {
        var ends = new List<DisconnectReason>();
        var client = new ReconnectingQmpClient(Endpoint, Options with
        {
            Resync = async (connection, stop) =>
                await connection.ExecuteRawAsync("query-status", cancellationToken: stop),
            Disconnected = end => ends.Add(end.Reason),
        });
        await using ReconnectingQmpClient _ = client;
        using EventSubscription events = client.Subscribe();
        Task starting = client.StartAsync();
        ScriptedPeer first = await AcceptAsync();
        Assert.That(client.Current, Is.Null, "it is not in step yet");
        await first.AnswerAsync("query-status");
        await starting.Guarded();
        QmpConnection old = client.Current!;
        first.Raise("BEFORE");
        ValueTask<JToken> lost = client.ExecuteRawAsync("migrate");
        await first.ExpectAsync("migrate");

        first.Dispose();
        QmpDisconnectedException failure = await lost.FailsWith<QmpDisconnectedException>();
        Assert.That(failure.WasSent);
        await old.Completion.Guarded();
        Task<QmpConnection> next = await WhenGoneAsync(client, old);
        QmpDisconnectedException meanwhile =
            await client.ExecuteRawAsync("query-name").FailsWith<QmpDisconnectedException>();
        Assert.That((meanwhile.WasSent, meanwhile.Reason), Is.EqualTo((false, DisconnectReason.ClosedByPeer)));

        await ReconnectAsync();
        using ScriptedPeer second = await AcceptAsync();
        // Nothing but the callback's own command comes over the new connection.
        await second.AnswerAsync("query-status");
        QmpConnection connection = await next.Guarded();
        Assert.That(connection.Session, Is.EqualTo(2));
        second.Raise("AFTER");
        ValueTask<JToken> call = client.ExecuteRawAsync("query-name");
        await second.AnswerAsync("query-name");
        await call.Guarded();
        QmpEvent before = await events.ReadAsync().Guarded();
        QmpEvent after = await events.ReadAsync().Guarded();
        Assert.That((before.Name, before.Session), Is.EqualTo(("BEFORE", 1)));
        Assert.That((after.Name, after.Session), Is.EqualTo(("AFTER", 2)));
        Assert.That(ends, Is.EqualTo([DisconnectReason.ClosedByPeer]));
    }

    [Test]
    public async Task Pauses_grow_up_to_a_limit()
    {
        await using var client = new ReconnectingQmpClient(Endpoint, Options with
        {
            InitialDelay = TimeSpan.FromSeconds(1),
            MaxDelay = TimeSpan.FromSeconds(3),
        });
        Task starting = client.StartAsync();
        ScriptedPeer first = await AcceptAsync();
        await starting.Guarded();
        _refuse = 3;
        Task<QmpConnection> next = await DropAsync(client, first);
        foreach (int pause in (int[])[1, 2, 3, 3])
        {
            // Every attempt takes two timers: its pause and its deadline.
            await WhenPausedAsync();
            int before = _attempts;
            _time.Advance(TimeSpan.FromSeconds(pause) - TimeSpan.FromMilliseconds(1));
            Assert.That(_attempts, Is.EqualTo(before));
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        using ScriptedPeer second = await AcceptAsync();
        await next.Guarded();
        Assert.That(_attempts, Is.EqualTo(5));
    }

    [Test]
    public async Task A_failed_resynchronisation_is_a_failed_attempt()
    {
        int calls = 0;
        await using var client = new ReconnectingQmpClient(Endpoint, Options with
        {
            Resync = (_, _) => ++calls == 2 ? throw new InvalidOperationException("not yet") : default,
        });
        Task starting = client.StartAsync();
        ScriptedPeer first = await AcceptAsync();
        await starting.Guarded();
        Task<QmpConnection> next = await DropAsync(client, first);
        await ReconnectAsync();
        using ScriptedPeer second = await AcceptAsync();
        await second.ExpectEndAsync();
        await ReconnectAsync();
        using ScriptedPeer third = await AcceptAsync();
        Assert.That((await next.Guarded()).Session, Is.EqualTo(3));
    }

    [Test]
    public async Task It_gives_up_after_so_many_attempts()
    {
        await using var client = new ReconnectingQmpClient(Endpoint, Options with { MaxAttempts = 2 });
        using EventSubscription events = client.Subscribe();
        Task starting = client.StartAsync();
        ScriptedPeer first = await AcceptAsync();
        await starting.Guarded();
        _refuse = 10;
        Task<QmpConnection> next = await DropAsync(client, first);
        await ReconnectAsync();
        await ReconnectAsync();
        Assert.That((await client.Completion.Guarded()).Reason, Is.EqualTo(DisconnectReason.ConnectFailed));
        await next.FailsWith<QmpDisconnectedException>();
        await client.WhenConnectedAsync().FailsWith<QmpDisconnectedException>();
        Assert.That(await events.WaitToReadAsync().Guarded(), Is.False);
    }

    [Test]
    public async Task A_first_connection_that_fails_is_the_callers_to_see()
    {
        _refuse = 1;
        await using var client = new ReconnectingQmpClient(Endpoint, Options);
        await client.StartAsync().FailsWith<QmpConnectException>();
        Task starting = client.StartAsync();
        using ScriptedPeer peer = await AcceptAsync();
        await starting.Guarded();
        await client.StartAsync().FailsWith<QmpUsageException>();
    }

    [Test]
    public async Task Disposing_ends_the_connection_and_the_attempts([Values] bool connected)
    {
        var client = new ReconnectingQmpClient(Endpoint, Options);
        Task starting = client.StartAsync();
        using ScriptedPeer peer = await AcceptAsync();
        await starting.Guarded();
        ValueTask<JToken> call = client.ExecuteRawAsync("a");
        if (!connected) await DropAsync(client, peer);
        await client.DisposeAsync().AsTask().Guarded();
        await call.FailsWith<QmpDisconnectedException>();
        Assert.That((await client.Completion.Guarded()).Reason, Is.EqualTo(DisconnectReason.LocallyDisposed));
        QmpDisconnectedException late = await client.ExecuteRawAsync("b").FailsWith<QmpDisconnectedException>();
        Assert.That(late.WasSent, Is.False);
        await client.WhenConnectedAsync().FailsWith<QmpDisconnectedException>();
    }

    [Test]
    public async Task Generated_proxies_speak_over_it()
    {
        await using var client = new ReconnectingQmpClient(Endpoint, Options);
        Task early = new RunStateClient(client).QueryStatusAsync(new()).AsTask();
        await early.FailsWith<QmpDisconnectedException>();
        Task starting = client.StartAsync();
        using ScriptedPeer peer = await AcceptAsync();
        await starting.Guarded();
        Task<Types.StatusInfo> status = new RunStateClient(client).QueryStatusAsync(new()).AsTask();
        await peer.AnswerAsync("query-status", JObject.Parse("""{"status": "running", "running": true}"""));
        Assert.That((await status.Guarded()).Running);
    }

    private async Task<ScriptedPeer> AcceptAsync()
    {
        var peer = new ScriptedPeer((await _listener.AcceptAsync().Guarded())!);
        await peer.AcceptAsync();
        return peer;
    }

    private async Task<Task<QmpConnection>> DropAsync(ReconnectingQmpClient client, ScriptedPeer peer)
    {
        QmpConnection old = client.Current!;
        peer.Dispose();
        return await WhenGoneAsync(client, old);
    }

    /// <summary>Waits until the client pauses, and then for its next connection.</summary>
    private async Task<Task<QmpConnection>> WhenGoneAsync(ReconnectingQmpClient client, QmpConnection old)
    {
        await WhenPausedAsync();
        Assert.That(client.Current, Is.Not.SameAs(old));
        return client.WhenConnectedAsync();
    }

    private Task WhenPausedAsync() => _time.WhenPending(t => t > TimeSpan.Zero && t <= TimeSpan.FromSeconds(5));

    private async Task ReconnectAsync()
    {
        await WhenPausedAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
    }
}
