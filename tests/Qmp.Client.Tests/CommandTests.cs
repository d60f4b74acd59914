using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Client.Tests.Support;
using Qmp.Protocol.Messages;
using Qmp.Types;

namespace Qmp.Client.Tests;

[TestFixture]
internal sealed class CommandTests
{
    private ScriptedPeer _peer = null!;
    private QmpConnection _connection = null!;
    private ManualTime _time = null!;

    [SetUp]
    public async Task SetUp()
    {
        _time = new ManualTime();
        (_peer, _connection) = await ScriptedPeer.ConnectAsync(new() { Time = _time });
    }

    [TearDown]
    public async Task TearDown()
    {
        await _connection.DisposeAsync();
        _peer.Dispose();
    }

    [Test]
    public async Task Generated_proxies_speak_over_it()
    {
        Task<StatusInfo> status = new RunStateClient(_connection).QueryStatusAsync(new()).AsTask();
        await _peer.AnswerAsync("query-status", JObject.Parse("""{"status": "paused", "running": false}"""));
        Assert.That(await status.Guarded(), Is.EqualTo(new StatusInfo { Status = RunState.Paused, Running = false }));
    }

    [Test]
    public async Task Replies_find_their_calls_in_any_order()
    {
        Task<JToken>[] calls = [.. Enumerable.Range(0, 5).Select(i => _connection.ExecuteRawAsync($"c{i}").AsTask())];
        var requests = new List<JObject>();
        for (int i = 0; i < calls.Length; i++) requests.Add(await _peer.ExpectAsync($"c{i}"));
        foreach (int i in (int[])[3, 0, 4, 1, 2]) _peer.Return(requests[i], i);
        Assert.That((await Task.WhenAll(calls).Guarded()).Select(r => (int)r), Is.EqualTo([0, 1, 2, 3, 4]));
    }

    [Test]
    public async Task A_request_carries_what_it_was_given()
    {
        JObject arguments = JObject.Parse("""{"a": [1, null, "\u00e4\ud83d\ude00"], "b": {"c": 0.5}}""");
        ValueTask<JToken> call = _connection.ExecuteRawAsync("x-thing", arguments);
        JObject request = await _peer.AnswerAsync("x-thing", 1);
        await call.Guarded();
        Assert.That(JToken.DeepEquals(request["arguments"], arguments), request.ToString());
        ValueTask<JToken> bare = _connection.ExecuteRawAsync("x-thing");
        Assert.That(await _peer.AnswerAsync("x-thing"), Does.Not.ContainKey("arguments"));
        await bare.Guarded();
    }

    [Test]
    public async Task A_refusal_has_class_description_and_command()
    {
        ValueTask<JToken> call = _connection.ExecuteRawAsync("device_del");
        _peer.Fail(await _peer.ExpectAsync("device_del"), "Device 'x' not found", "DeviceNotFound");
        QmpCommandException refusal = await call.FailsWith<QmpCommandException>();
        Assert.That(refusal.Command, Is.EqualTo("device_del"));
        Assert.That(refusal.Error, Is.EqualTo(new QmpError("DeviceNotFound", "Device 'x' not found")));
        Assert.That(_connection.IsOpen);
    }

    [Test]
    public async Task Cancelling_abandons_the_wait_and_drops_the_late_reply()
    {
        using var stop = new CancellationTokenSource();
        Task<JToken> slow = _connection.ExecuteRawAsync("slow", cancellationToken: stop.Token).AsTask();
        JObject request = await _peer.ExpectAsync("slow");
        await stop.CancelAsync();
        OperationCanceledException cancelled = await slow.FailsWith<OperationCanceledException>();
        Assert.That(cancelled.CancellationToken, Is.EqualTo(stop.Token));
        ValueTask<JToken> next = _connection.ExecuteRawAsync("next");
        _peer.Return(request, "late");
        await _peer.AnswerAsync("next", "on time");
        Assert.That((string?)await next.Guarded(), Is.EqualTo("on time"));
        Assert.That(_connection.Statistics, Has.Property("LateReplies").EqualTo(1));
    }

    [Test]
    public async Task What_is_cancelled_beforehand_is_not_sent()
    {
        await _connection.ExecuteRawAsync("never", cancellationToken: new CancellationToken(true))
            .FailsWith<OperationCanceledException>();
        ValueTask<JToken> next = _connection.ExecuteRawAsync("next");
        await _peer.AnswerAsync("next");
        await next.Guarded();
    }

    [Test]
    public async Task A_timeout_abandons_the_wait_only()
    {
        ICommandSender patient = _connection.With(new() { Timeout = TimeSpan.FromSeconds(5) });
        Task<StatusInfo> call = new RunStateClient(patient).QueryStatusAsync(new()).AsTask();
        JObject request = await _peer.ExpectAsync("query-status");
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.That(call.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromSeconds(1));
        QmpTimeoutException timeout = await call.FailsWith<QmpTimeoutException>();
        Assert.That(timeout.Message, Does.StartWith("query-status:"));
        _peer.Return(request, 1);
        ValueTask<JToken> next = _connection.ExecuteRawAsync("next");
        await _peer.AnswerAsync("next");
        await next.Guarded();
        Assert.That(_connection.Statistics.LateReplies, Is.EqualTo(1));
    }

    [TestCase("""{"return": {}, "id": 999}""")]
    [TestCase("""{"return": {}, "id": "libvirt-1"}""")]
    [TestCase("""{"return": {}, "id": null}""")]
    [TestCase("""{"error": {"class": "GenericError", "desc": "?"}, "id": {"a": 1}}""")]
    public async Task A_reply_to_nobody_is_dropped_and_counted(string reply)
    {
        ValueTask<JToken> call = _connection.ExecuteRawAsync("a");
        JObject request = await _peer.ExpectAsync("a");
        _peer.Send(reply);
        _peer.Return(request, "mine");
        Assert.That((string?)await call.Guarded(), Is.EqualTo("mine"));
        Assert.That(_connection.Statistics.UnmatchedReplies, Is.EqualTo(1));
    }

    [Test]
    public async Task A_second_reply_to_one_call_is_dropped()
    {
        ValueTask<JToken> call = _connection.ExecuteRawAsync("a");
        JObject request = await _peer.ExpectAsync("a");
        _peer.Return(request, 1);
        _peer.Return(request, 2);
        Assert.That((int)await call.Guarded(), Is.EqualTo(1));
        ValueTask<JToken> next = _connection.ExecuteRawAsync("b");
        await _peer.AnswerAsync("b");
        await next.Guarded();
        Assert.That(_connection.Statistics.UnmatchedReplies, Is.EqualTo(1));
    }

    [Test]
    public async Task An_error_without_id_belongs_to_the_only_call_under_way()
    {
        ValueTask<JToken> call = _connection.ExecuteRawAsync("a");
        await _peer.ExpectAsync("a");
        _peer.Send("""{"error": {"class": "OperationThrottled", "desc": "slow down"}}""");
        QmpCommandException refusal = await call.FailsWith<QmpCommandException>();
        Assert.That(refusal.Error.Class, Is.EqualTo("OperationThrottled"));
    }

    [Test]
    public async Task An_error_without_id_is_nobodys_if_several_calls_are_under_way()
    {
        ValueTask<JToken> first = _connection.ExecuteRawAsync("a");
        ValueTask<JToken> second = _connection.ExecuteRawAsync("b");
        JObject a = await _peer.ExpectAsync("a");
        JObject b = await _peer.ExpectAsync("b");
        _peer.Send("""{"error": {"class": "GenericError", "desc": "JSON parse error, expecting value"}}""");
        _peer.Return(a, 1);
        _peer.Return(b, 2);
        Assert.That((int)await first.Guarded(), Is.EqualTo(1));
        Assert.That((int)await second.Guarded(), Is.EqualTo(2));
        Assert.That(_connection.Statistics.UnmatchedReplies, Is.EqualTo(1));
    }

    [Test]
    public async Task An_error_without_id_is_late_if_its_call_was_abandoned()
    {
        using var stop = new CancellationTokenSource();
        ValueTask<JToken> call = _connection.ExecuteRawAsync("a", cancellationToken: stop.Token);
        await _peer.ExpectAsync("a");
        await stop.CancelAsync();
        await call.FailsWith<OperationCanceledException>();
        Task<QmpEvent> behind = _connection.WhenEventAsync(e => e.Name == "BEHIND", Timeout.InfiniteTimeSpan);
        _peer.Send("""{"error": {"class": "GenericError", "desc": "too late"}}""");
        _peer.Raise("BEHIND");
        await behind.Guarded();
        ValueTask<JToken> next = _connection.ExecuteRawAsync("b");
        await _peer.AnswerAsync("b", 3);
        Assert.That((int)await next.Guarded(), Is.EqualTo(3));
        Assert.That(_connection.Statistics.LateReplies, Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_no_known_message_is_dropped_and_counted()
    {
        ValueTask<JToken> call = _connection.ExecuteRawAsync("a");
        JObject request = await _peer.ExpectAsync("a");
        _peer.Send("""{"progress": 5}""");
        _peer.Send("[]");
        _peer.Return(request);
        await call.Guarded();
        Assert.That(_connection.Statistics.UnknownMessages, Is.EqualTo(2));
    }

    [Test]
    public async Task A_result_of_another_shape_fails_its_call_only()
    {
        Task<StatusInfo> status = new RunStateClient(_connection).QueryStatusAsync(new()).AsTask();
        await _peer.AnswerAsync("query-status", JObject.Parse("""{"status": 7}"""));
        QmpProtocolException violation = await status.FailsWith<QmpProtocolException>();
        Assert.That(violation.Message, Does.StartWith("query-status:"));
        ValueTask<JToken> next = _connection.ExecuteRawAsync("next");
        await _peer.AnswerAsync("next");
        await next.Guarded();
    }

    [Test]
    public async Task What_a_newer_server_adds_is_kept()
    {
        Task<StatusInfo> status = new RunStateClient(_connection).QueryStatusAsync(new()).AsTask();
        await _peer.AnswerAsync(
            "query-status", JObject.Parse("""{"status": "hibernating", "running": false, "since": 5}"""));
        StatusInfo result = await status.Guarded();
        Assert.That(result.Status, Is.EqualTo(RunState.Unrecognized));
        Assert.That((string?)result.Extension!["status"], Is.EqualTo("hibernating"));
        Assert.That((int?)result.Extension["since"], Is.EqualTo(5));
    }

    [Test]
    public async Task Arguments_that_are_no_json_are_not_sent()
    {
        JObject[] bad =
        [
            new() { ["a"] = double.NaN },
            new() { ["a"] = double.PositiveInfinity },
            new() { ["a"] = Nested(1100) },
        ];
        foreach (JObject arguments in bad)
        {
            await _connection.ExecuteRawAsync("bad", arguments).FailsWith<QmpUsageException>();
        }

        ValueTask<JToken> next = _connection.ExecuteRawAsync("next");
        await _peer.AnswerAsync("next");
        await next.Guarded();
        Assert.That(_connection.Statistics.UnmatchedReplies, Is.Zero);
    }

    [Test]
    public async Task Calls_before_opening_are_the_callers_mistake()
    {
        (ScriptedPeer peer, QmpEndpoint endpoint) = ScriptedPeer.Create();
        using ScriptedPeer _ = peer;
        await using var closed = new QmpConnection(endpoint);
        await closed.ExecuteRawAsync("a").FailsWith<QmpUsageException>();
        Assert.That(() => closed.Greeting, Throws.TypeOf<QmpUsageException>());
    }

    [Test]
    public async Task Out_of_band_commands_say_so()
    {
        ValueTask<JToken> call = _connection.ExecuteRawAsync("migrate-pause", options: new() { OutOfBand = true });
        JObject request = await _peer.AnswerAsync("migrate-pause");
        await call.Guarded();
        Assert.That(request, Does.ContainKey("exec-oob").And.Not.ContainKey("execute"));
    }

    [Test]
    public async Task Out_of_band_execution_has_to_be_allowed_by_the_command()
    {
        Task call = new RunStateClient(_connection.With(new() { OutOfBand = true })).QueryStatusAsync(new()).AsTask();
        await call.FailsWith<QmpUsageException>();
    }

    [Test]
    public async Task Out_of_band_execution_has_to_be_enabled()
    {
        (ScriptedPeer peer, QmpConnection connection) =
            await ScriptedPeer.ConnectAsync(new() { EnableOutOfBand = false });
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        await connection.ExecuteRawAsync("yank", options: new() { OutOfBand = true }).FailsWith<QmpUsageException>();
    }

    [Test]
    public async Task Messages_may_come_byte_by_byte()
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync(byteByByte: true);
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        using EventSubscription events = connection.Subscribe();
        ValueTask<JToken> call = connection.ExecuteRawAsync("a");
        JObject request = await peer.ExpectAsync("a");
        peer.Raise("SPLIT", new JObject { ["text"] = "\u00e9\ud83d\ude00 \"quoted\" } ]" });
        peer.Return(request, JObject.Parse("""{"deep": [[{"er": -1.5e3}], true, null]}"""));
        JToken result = await call.Guarded();
        Assert.That((double?)result.SelectToken("deep[0][0].er"), Is.EqualTo(-1500));
        Assert.That(events.TryRead(out QmpEvent? split));
        Assert.That((string?)split!.Data!["text"], Is.EqualTo("\u00e9\ud83d\ude00 \"quoted\" } ]"));
    }

    [Test]
    public async Task Messages_need_no_line_ends()
    {
        ValueTask<JToken> first = _connection.ExecuteRawAsync("a");
        ValueTask<JToken> second = _connection.ExecuteRawAsync("b");
        JObject a = await _peer.ExpectAsync("a");
        JObject b = await _peer.ExpectAsync("b");
        _peer.SendBytes($"{{\"return\":1,\"id\":{a["id"]}}}{{\n \"id\":{b["id"]},\n \"return\":\n2}}");
        Assert.That((int)await first.Guarded(), Is.EqualTo(1));
        Assert.That((int)await second.Guarded(), Is.EqualTo(2));
    }

    private static JArray Nested(int depth)
    {
        var inner = new JArray();
        for (int i = 0; i < depth; i++) inner = [inner];
        return inner;
    }
}
