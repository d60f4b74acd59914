using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.StreamJsonRpc.Tests.Support;
using Qmp.Types;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Tests.Client;

[TestFixture]
internal sealed class CallTests
{
    private Peer _peer = null!;
    private QmpMessageHandler _handler = null!;

    private enum Speed
    {
        VeryFast,
    }

    [SetUp]
    public async Task Connect()
    {
        _peer = Peer.Create();
        _handler = await _peer.ConnectedAsync(new QmpHandlerOptions
        {
            Serializer = QmpSerializer.Create(RpcTypes.CreateConverter()),
        });
    }

    [TearDown]
    public void Close()
    {
        _handler.Dispose();
        _peer.Dispose();
    }

    private static IEnumerable<TestCaseData> Arguments()
    {
        yield return Case("none", null, null);
        yield return Case("an empty list", Array.Empty<object?>(), null);
        yield return Case("an absent object", new object?[] { null }, null);
        yield return Case("an empty object", new JObject(), "{}");
        yield return Case(
            "names, without those that are null", Named(("a", 1), ("b_c", "x"), ("d", null)),
            """{"b_c": "x", "a": 1}""");
        yield return Case("a null that is meant", Named(("a", JValue.CreateNull())), """{"a": null}""");
        yield return Case(
            "an anonymous object", new { BlockJobId = "j", Speed = 2UL }, """{"block-job-id": "j", "speed": 2}""");
        yield return Case("an enum", Named(("speed", Speed.VeryFast)), """{"speed": "very-fast"}""");
        yield return Case("a list", Named(("on", new[] { true, false })), """{"on": [true, false]}""");
        yield return Case("text to escape", Named(("a", "ä\"\u007f")), """{"a": "\u00E4\"\u007F"}""");
        yield return Case(
            "large numbers", Named(("a", ulong.MaxValue), ("b", long.MinValue)),
            """{"a": 18446744073709551615, "b": -9223372036854775808}""");
        yield return Case("a record of the schema", new MigrateArguments { Uri = "tcp:h:1" }, """{"uri": "tcp:h:1"}""");
        yield return Case(
            "a parameter for all", Named(("*", new MigrateArguments { Uri = "tcp:h:1" })), """{"uri": "tcp:h:1"}""");
        yield return Case("no value of a parameter for all", Named(("*", null)), null);
        yield return Case(
            "a sole record of the schema",
            new object?[] { new MigrateArguments { Uri = "tcp:h:1", Resume = true } },
            """{"resume": true, "uri": "tcp:h:1"}""");
        yield return Case("a sole JSON object", new object?[] { new JObject { ["a"] = 1 } }, """{"a": 1}""");
        yield return Case(
            "records inside", Named(("c", new[] { new MigrationCapabilityStatus
            {
                Capability = MigrationCapability.SwitchoverAck,
                State = true,
            } })),
            """{"c": [{"state": true, "capability": "switchover-ack"}]}""");

        static TestCaseData Case(string name, object? arguments, string? text) =>
            new TestCaseData(arguments, text).SetName($"Arguments can be {name}");
    }

    [TestCaseSource(nameof(Arguments))]
    public async Task Arguments_are_written(object? arguments, string? text)
    {
        await _handler.WriteAsync(Calls.Call(7, "x", arguments));
        string member = text is null ? "" : $"\"arguments\": {text}, ";
        Assert.That(await _peer.HearAsync(), Is.EqualTo($$"""{"execute": "x", {{member}}"id": 7}"""));
    }

    [Test]
    public async Task Id_may_be_a_text()
    {
        await _handler.WriteAsync(new JsonRpcRequest { RequestId = new RequestId("a b"), Method = "x" });
        Assert.That(await _peer.HearAsync(), Is.EqualTo("""{"execute": "x", "id": "a b"}"""));
    }

    [Test]
    public async Task Prefix_asks_for_execution_out_of_band()
    {
        await _handler.WriteAsync(Calls.Call(1, "exec-oob:migrate-pause"));
        Assert.That(await _peer.HearAsync(), Is.EqualTo("""{"exec-oob": "migrate-pause", "id": 1}"""));
    }

    [Test]
    public async Task Out_of_band_execution_needs_negotiation()
    {
        using Peer peer = Peer.Create();
        using QmpMessageHandler handler =
            await peer.ConnectedAsync(new QmpHandlerOptions { EnableOutOfBand = false });
        Assert.That(
            async () => await handler.WriteAsync(Calls.Call(1, "exec-oob:migrate-pause")),
            Throws.InvalidOperationException.With.Message.Contains("not negotiated"));
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Case("positional arguments", Calls.Call(1, "x", new object?[] { "a" }), "positional");
        yield return Case("two positional arguments", Calls.Call(1, "x", new object?[] { null, null }), "positional");
        yield return Case(
            "a sole object of no schema", Calls.Call(1, "x", new object?[] { new { A = 1 } }), "positional");
        yield return Case("a text for all arguments", Calls.Call(1, "x", "text"), "no JSON object");
        yield return Case("arguments beside all", Calls.Call(1, "x", Named(("*", null), ("a", 1))), "beside '*'");
        yield return Case("a progress report", Calls.Notification("$/progress"), "$/progress");
        yield return Case("a call of a proxy", Calls.Call(1, "$/invokeProxy/1"), "$/invokeProxy/1");
        yield return Case("an answer", new JsonRpcResult { RequestId = new RequestId(1) }, "no call to answer");
        yield return Case("an id that is null", new JsonRpcRequest { RequestId = RequestId.Null, Method = "x" }, "id");

        static TestCaseData Case(string name, JsonRpcMessage message, string text) =>
            new TestCaseData(message, text).SetName($"QMP has no form for {name}");
    }

    [TestCaseSource(nameof(Refused))]
    public async Task What_QMP_has_no_form_for_is_refused_and_leaves_no_trace(JsonRpcMessage message, string text)
    {
        Assert.That(
            async () => await _handler.WriteAsync(message),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains(text));
        await _handler.WriteAsync(Calls.Call(1, "next"));
        Assert.That(await _peer.HearAsync(), Is.EqualTo("""{"execute": "next", "id": 1}"""));
    }

    [Test]
    public async Task Id_in_use_is_refused()
    {
        await _handler.WriteAsync(Calls.Call(1, "x"));
        Assert.That(async () => await _handler.WriteAsync(Calls.Call(1, "y")), Throws.InvalidOperationException);
    }

    [Test]
    public async Task Notification_gets_an_id_and_its_answer_is_dropped()
    {
        await _handler.WriteAsync(Calls.Notification("stop"));
        Assert.That(await _peer.HearAsync(), Is.EqualTo("""{"execute": "stop", "id": "notify-1"}"""));
        await _peer.SayAsync("""{"return": {}, "id": "notify-1"} {"event": "STOP"}""");
        Assert.That((await _handler.ReadAsync<JsonRpcRequest>()).Method, Is.EqualTo("STOP"));
    }

    [Test]
    public void Call_that_was_given_up_is_not_sent()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.That(
            async () => await _handler.WriteAsync(Calls.Call(1, "x"), cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Connection_that_breaks_while_a_call_is_sent_fails_it_unless_it_was_answered(bool answered)
    {
        var flushed = new TaskCompletionSource();
        _peer.Other.Flushed = flushed.Task;
        Task sending = _handler.WriteAsync(Calls.Call(1, "quit")).AsTask();
        await _peer.HearAsync();
        if (answered)
        {
            await _peer.SayAsync("""{"return": {}, "id": 1}""");
            await _handler.ReadAsync<JsonRpcResult>();
        }

        flushed.SetException(new IOException("Broken pipe"));
        Assert.That(() => sending, answered ? Throws.Nothing : Throws.InstanceOf<IOException>());
    }

    private static Dictionary<string, object?> Named(params (string Name, object? Value)[] arguments) =>
        arguments.ToDictionary(a => a.Name, a => a.Value);
}
