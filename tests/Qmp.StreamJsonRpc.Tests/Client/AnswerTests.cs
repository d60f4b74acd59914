using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Protocol.Messages;
using Qmp.StreamJsonRpc.Tests.Support;
using Qmp.Types;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Tests.Client;

[TestFixture]
internal sealed class AnswerTests
{
    private Peer _peer = null!;
    private QmpMessageHandler _handler = null!;

    private enum Color
    {
        DarkRed,
    }

    private sealed record Machine(bool HotpluggableCpus, string Name, int? CpuMax);

    [SetUp]
    public async Task Connect()
    {
        _peer = Peer.Create();
        _handler = await _peer.ConnectedAsync(new QmpHandlerOptions
        {
            Serializer = QmpSerializer.Create(RpcTypes.CreateConverter()),
        });
        for (int id = 1; id <= 3; id++)
        {
            await _handler.WriteAsync(Calls.Call(id, "x"));
            await _peer.HearAsync();
        }
    }

    [TearDown]
    public void Close()
    {
        _handler.Dispose();
        _peer.Dispose();
    }

    [TestCase("{}", typeof(object), "{}")]
    [TestCase("""{"a": [1]}""", typeof(JObject), """{"a":[1]}""")]
    [TestCase("\"text\"", typeof(string), "text")]
    [TestCase("[1, 2]", typeof(long[]), "1,2")]
    [TestCase("18446744073709551615", typeof(ulong), "18446744073709551615")]
    [TestCase("0.5", typeof(double), "0.5")]
    [TestCase("true", typeof(bool), "True")]
    [TestCase("null", typeof(string), "")]
    [TestCase("\"dark-red\"", typeof(Color), "DarkRed")]
    [TestCase("\"2026-11-20T10:00:00Z\"", typeof(string), "2026-11-20T10:00:00Z")]
    [TestCase(
        """{"hotpluggable-cpus": true, "name": "pc", "new": 1}""", typeof(Machine),
        "Machine { HotpluggableCpus = True, Name = pc, CpuMax =  }")]
    public async Task Result_is_read_as_the_type_that_the_caller_wants(string result, Type type, string expected)
    {
        await _peer.SayAsync($$"""{"return": {{result}}, "id": 2}""");
        JsonRpcResult answer = await _handler.ReadAsync<JsonRpcResult>();
        object? value = typeof(JsonRpcResult).GetMethod(nameof(JsonRpcResult.GetResult))!
            .MakeGenericMethod(type).Invoke(answer, null);
        string text = value switch
        {
            JToken token => token.ToString(Formatting.None),
            long[] numbers => string.Join(',', numbers),
            _ => FormattableString.Invariant($"{value}"),
        };
        Assert.Multiple(() =>
        {
            Assert.That(answer.RequestId.Number, Is.EqualTo(2));
            Assert.That(text, Is.EqualTo(expected));
        });
    }

    [Test]
    public async Task Result_is_read_as_a_type_of_the_schema()
    {
        await _peer.SayAsync("""{"return": {"status": "new-state", "running": true, "more": 1}, "id": 1}""");
        StatusInfo status = (await _handler.ReadAsync<JsonRpcResult>()).GetResult<StatusInfo>();
        Assert.Multiple(() =>
        {
            Assert.That(status.Running, Is.True);
            Assert.That(status.Status, Is.EqualTo(RunState.Unrecognized));
            Assert.That((string?)status.Extension?["status"], Is.EqualTo("new-state"));
            Assert.That((int?)status.Extension?["more"], Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Result_that_does_not_fit_is_the_callers_error()
    {
        await _peer.SayAsync("""{"return": {"status": "running"}, "id": 1} {"return": [], "id": 2}""");
        JsonRpcResult first = await _handler.ReadAsync<JsonRpcResult>();
        JsonRpcResult second = await _handler.ReadAsync<JsonRpcResult>();
        Assert.That(
            () => first.GetResult<StatusInfo>(),
            Throws.Exception.With.Message.EqualTo("Parameter 'running' is missing"));
        Assert.That(() => second.GetResult<Machine>(), Throws.InstanceOf<JsonException>());
    }

    [TestCase("CommandNotFound", JsonRpcErrorCode.MethodNotFound)]
    [TestCase("GenericError", JsonRpcErrorCode.InvocationError)]
    [TestCase("DeviceNotFound", JsonRpcErrorCode.InvocationError)]
    public async Task Error_keeps_class_and_description(string errorClass, JsonRpcErrorCode code)
    {
        await _peer.SayAsync($$$"""{"id": 3, "error": {"class": "{{{errorClass}}}", "desc": "no \u00e4"}}""");
        JsonRpcError answer = await _handler.ReadAsync<JsonRpcError>();
        Assert.Multiple(() =>
        {
            Assert.That(answer.RequestId.Number, Is.EqualTo(3));
            Assert.That(answer.Error!.Code, Is.EqualTo(code));
            Assert.That(answer.Error.Message, Is.EqualTo("no ä"));
            Assert.That(answer.Error.Data, Is.EqualTo(new QmpError(errorClass, "no ä")));
            Assert.That(answer.Error.GetData(typeof(CommonErrorData)), Is.SameAs(answer.Error.Data));
        });
    }

    [Test]
    public async Task Answers_may_come_in_any_order_in_any_pieces()
    {
        string text = """{"return": {"a": "}"}, "id": 3}{'id': 1, 'return': []}{"return":[{}],"id":2} """;
        Task<JsonRpcResult> reading = _handler.ReadAsync<JsonRpcResult>();
        foreach (byte one in System.Text.Encoding.UTF8.GetBytes(text))
        {
            await _peer.Stream.WriteAsync(new[] { one });
            await _peer.Stream.FlushAsync();
        }

        long?[] ids =
        [
            (await reading).RequestId.Number,
            (await _handler.ReadAsync<JsonRpcResult>()).RequestId.Number,
            (await _handler.ReadAsync<JsonRpcResult>()).RequestId.Number,
        ];
        Assert.That(ids, Is.EqualTo(new long?[] { 3, 1, 2 }));
    }

    [TestCase("""{"error": {"class": "GenericError", "desc": "JSON parse error, stray 'x'"}}""", null)]
    [TestCase("""{"error": {"class": "GenericError", "desc": "x"}, "id": 99}""", "99")]
    [TestCase("""{"return": {}}""", null)]
    [TestCase("""{"return": {}, "id": "1"}""", "\"1\"")]
    [TestCase("""{"return": {}, "id": null}""", "null")]
    [TestCase("""{"return": {}, "id": {"a": 1}}""", """{"a":1}""")]
    [TestCase("""{"return": {}, "id": 1.0}""", "1.0")]
    [TestCase("""{"return": {}, "id": 18446744073709551615}""", "18446744073709551615")]
    public async Task Reply_to_no_call_is_an_event_of_the_handler(string reply, string? id)
    {
        var unmatched = new List<UnmatchedReplyEventArgs>();
        _handler.UnmatchedReply += (_, e) => unmatched.Add(e);
        await _peer.SayAsync(reply);
        await _peer.SayAsync("""{"return": {}, "id": 1}""");
        await _handler.ReadAsync<JsonRpcResult>();
        Assert.That(unmatched, Has.Count.EqualTo(1));
        Assert.Multiple(() =>
        {
            Assert.That(unmatched[0].Id?.ToString(Formatting.None), Is.EqualTo(id));
            Assert.That(unmatched[0].Error is null, Is.EqualTo(unmatched[0].Value is not null));
        });
    }

    [Test]
    public async Task Second_answer_to_a_call_is_unmatched()
    {
        int unmatched = 0;
        _handler.UnmatchedReply += (_, _) => unmatched++;
        await _peer.SayAsync("""{"return": {}, "id": 1} {"return": {}, "id": 1} {"return": {}, "id": 2}""");
        await _handler.ReadAsync<JsonRpcResult>();
        Assert.That((await _handler.ReadAsync<JsonRpcResult>()).RequestId.Number, Is.EqualTo(2));
        Assert.That(unmatched, Is.EqualTo(1));
    }

    [Test]
    public async Task Failed_notification_is_told_by_the_handler()
    {
        UnmatchedReplyEventArgs? unmatched = null;
        _handler.UnmatchedReply += (_, e) => unmatched = e;
        await _handler.WriteAsync(Calls.Notification("nonsense"));
        await _peer.SayAsync("""{"id": "notify-1", "error": {"class": "CommandNotFound", "desc": "d"}}""");
        await _peer.SayAsync("""{"event": "E"}""");
        await _handler.ReadAsync<JsonRpcRequest>();
        Assert.That(unmatched?.Error, Is.EqualTo(QmpError.NotFound("d")));
    }

    [Test]
    public async Task Server_that_closes_ends_the_messages()
    {
        await _peer.SayAsync("""{"return": {}, "id": 1} {"return": """);
        _peer.Stream.EndSending();
        await _handler.ReadAsync<JsonRpcResult>();
        Assert.That(await _handler.ReadAsync(), Is.Null);
    }

    [Test]
    public async Task What_is_no_JSON_is_an_error()
    {
        await _peer.SayAsync("qemu-system-x86_64: terminating on signal 15");
        Assert.That(() => _handler.ReadAsync(), Throws.InstanceOf<JsonReaderException>());
    }

    [TestCase(Peer.Greeting)]
    [TestCase("""{"jsonrpc": "2.0", "method": "x"}""")]
    [TestCase("[]")]
    public async Task What_is_no_QMP_is_an_error(string message)
    {
        await _peer.SayAsync(message);
        Assert.That(() => _handler.ReadAsync(), Throws.InstanceOf<QmpProtocolException>());
    }
}
