using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Protocol.Messages;
using Qmp.StreamJsonRpc.Tests.Support;
using Qmp.Types;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Tests.Server;

[TestFixture]
internal sealed class ServerCommandTests
{
    private ServerConversation _conversation = null!;

    private Peer Client => _conversation.Client;

    [SetUp]
    public async Task Open() => _conversation = await ServerConversation.NegotiatedAsync(new QmpServerHandlerOptions
    {
        Time = new FakeTimeProvider(ServerConversation.Now),
        Serializer = QmpSerializer.Create(RpcTypes.CreateConverter(strict: true)),
    });

    [TearDown]
    public void Close() => _conversation.Dispose();

    [TestCase("5", "5")]
    [TestCase("'a'", "\"a\"")]
    [TestCase("null", "null")]
    [TestCase("""{"b": [1.0], "a": -1}""", """{"a": -1, "b": [1]}""")]
    public async Task Id_is_any_value_and_echoed(string sent, string echoed)
    {
        await Client.SayAsync($$"""{"execute": "x", "id": {{sent}} }""");
        await _conversation.ReturnAsync(await _conversation.ReadAsync(), new { Free = 1 });
        Assert.That(await Client.HearAsync(), Is.EqualTo($$"""{"return": {"free": 1}, "id": {{echoed}}}"""));
    }

    [Test]
    public async Task Command_without_an_id_is_answered_too()
    {
        await Client.SayAsync("""{"execute": "x"}""");
        JsonRpcRequest request = await _conversation.ReadAsync();
        Assert.That(request.IsResponseExpected, Is.True);
        await _conversation.ReturnAsync(request, null);
        Assert.That(await Client.HearAsync(), Is.EqualTo("""{"return": {}}"""));
    }

    private static IEnumerable<TestCaseData> Results()
    {
        yield return new TestCaseData(null, "{}");
        yield return new TestCaseData("text", "\"text\"");
        yield return new TestCaseData(new[] { 1, 2 }, "[1, 2]");
        yield return new TestCaseData(new JObject { ["b"] = 1 }, """{"b": 1}""");
        yield return new TestCaseData(
            new StatusInfo { Running = true, Status = RunState.Running }, """{"status": "running", "running": true}""");
    }

    [TestCaseSource(nameof(Results))]
    public async Task Result_is_written(object? result, string text)
    {
        await Client.SayAsync("""{"execute": "x"}""");
        await _conversation.ReturnAsync(await _conversation.ReadAsync(), result);
        Assert.That(await Client.HearAsync(), Is.EqualTo($$"""{"return": {{text}}}"""));
    }

    [Test]
    public async Task Next_command_waits_for_the_last_ones_answer()
    {
        await Client.SayAsync("""{"execute": "a", "id": 1} {"execute": "b", "id": 2}""");
        JsonRpcRequest first = await _conversation.ReadAsync();
        Task<JsonRpcRequest> reading = _conversation.ReadAsync();
        Assert.That(reading.IsCompleted, Is.False);
        await _conversation.ReturnAsync(first, null);
        Assert.That((await reading).Method, Is.EqualTo("b"));
        Assert.That(await Client.HearAsync(), Is.EqualTo("""{"return": {}, "id": 1}"""));
    }

    [Test]
    public async Task Malformed_requests_take_their_turn()
    {
        await Client.SayAsync("""{"execute": "a", "id": 1} {"execute": @} [] {"exec-oob": "a", "id": 2}""");
        await _conversation.ReturnAsync(await _conversation.ReadAsync(), null);
        Client.Stream.EndSending();
        Assert.That(await _conversation.Handler.ReadAsync(), Is.Null);
        string[] expected =
        [
            """{"return": {}, "id": 1}""",
            """{"error": {"class": "GenericError", "desc": "JSON parse error, stray '@'"}}""",
            """{"error": {"class": "GenericError", "desc": "JSON parse error, expecting value"}}""",
            """{"error": {"class": "GenericError", "desc": "QMP input must be a JSON object"}}""",
            """{"id": 2, "error": {"class": "GenericError", "desc": "QMP input member 'exec-oob' is unexpected"}}""",
        ];
        foreach (string line in expected) Assert.That(await Client.HearAsync(), Is.EqualTo(line));
    }

    private static IEnumerable<TestCaseData> Failures()
    {
        yield return Case(
            JsonRpcErrorCode.MethodNotFound, null, QmpError.NotFound("The command x has not been found"));
        yield return Case(JsonRpcErrorCode.InvalidParams, null, QmpError.Generic("The arguments of x do not fit"));
        yield return Case(JsonRpcErrorCode.InvocationError, null, QmpError.Generic("message"));
        yield return Case(
            JsonRpcErrorCode.InvocationError, new QmpError("DeviceNotFound", "d"), new("DeviceNotFound", "d"));
        yield return Case(JsonRpcErrorCode.InvocationError, new object(), QmpError.Generic("The command x failed"));
        yield return Case(
            JsonRpcErrorCode.ResponseSerializationFailure, null, QmpError.Generic("The command x failed"));
        yield return Case(JsonRpcErrorCode.RequestCanceled, null, QmpError.Generic("The command x was cancelled"));

        static TestCaseData Case(JsonRpcErrorCode code, object? data, QmpError expected) => new(code, data, expected);
    }

    [TestCaseSource(nameof(Failures))]
    public async Task Failure_is_told_without_the_servers_inside(JsonRpcErrorCode code, object? data, QmpError expected)
    {
        await Client.SayAsync("""{"execute": "x", "id": 1}""");
        await _conversation.FailAsync(await _conversation.ReadAsync(), code, "message", data);
        string error = $$"""{"class": "{{expected.Class}}", "desc": "{{expected.Description}}"}""";
        Assert.That(await Client.HearAsync(), Is.EqualTo($$"""{"id": 1, "error": {{error}}}"""));
    }

    private static IEnumerable<TestCaseData> Misfits()
    {
        const string Wrong = "Invalid parameter type for ";
        yield return new("{}", (string a) => { }, "Parameter 'a' is missing");
        yield return new("""{"a": "", "b": 1}""", (string a) => { }, "Parameter 'b' is unexpected");
        yield return new("""{"a": 1}""", (string a) => { }, Wrong + "'a', expected: string");
        yield return new("""{"a": "1"}""", (long a) => { }, Wrong + "'a', expected: integer");
        yield return new("""{"a": 1.0}""", (int? a) => { }, Wrong + "'a', expected: integer");
        yield return new("""{"a": null}""", (int a) => { }, Wrong + "'a', expected: integer");
        yield return new("""{"a": 1}""", (bool a) => { }, Wrong + "'a', expected: boolean");
        yield return new("""{"a": "x"}""", (double a) => { }, Wrong + "'a', expected: number");
        yield return new("""{"a": 3}""", (DayOfWeek a) => { }, Wrong + "'a', expected: string");
        yield return new("""{"a": {}}""", (int[] a) => { }, "Invalid value for parameter 'a'");
        yield return new("""{"a": 300}""", (byte a) => { }, "Invalid value for parameter 'a'");
        yield return new(
            """{"uri": 1}""", ([JsonRpcParameter("*")] MigrateArguments all) => { }, Wrong + "'uri', expected: string");
        yield return new(
            """{"nope": 1}""", ([JsonRpcParameter("*")] MigrateArguments all) => { }, "Parameter 'nope' is unexpected");
    }

    [TestCaseSource(nameof(Misfits))]
    public async Task Arguments_that_do_not_fit_are_told_as_QEMU_would(string arguments, Delegate target, string reason)
    {
        await Client.SayAsync($$"""{"execute": "x", "arguments": {{arguments}}}""");
        JsonRpcRequest request = await _conversation.ReadAsync();
        Assert.That(request.Bind(target), Is.Null);
        await _conversation.FailAsync(request, JsonRpcErrorCode.InvalidParams, "inside");
        Assert.That(
            await Client.HearAsync(),
            Is.EqualTo($$$"""{"error": {"class": "GenericError", "desc": "{{{reason}}}"}}"""));
    }

    [Test]
    public async Task Arguments_are_bound_by_name()
    {
        await Client.SayAsync("""{"execute": "x", "arguments": {"max-size": 18446744073709551615, "on": true}}""");
        JsonRpcRequest request = await _conversation.ReadAsync();
        object?[]? arguments = request.Bind(
            (bool on, [JsonRpcParameter("max-size")] ulong size, int retries = 3, string? name = null) => { });
        Assert.That(arguments, Is.EqualTo(new object?[] { true, ulong.MaxValue, 3, null }));
    }

    [Test]
    public async Task Own_methods_of_a_JsonRpc_are_no_commands()
    {
        await Client.SayAsync("""{"execute": "$/cancelRequest", "arguments": {"id": 1}} {"execute": "x"}""");
        Assert.That((await _conversation.ReadAsync()).Method, Is.EqualTo("x"));
        Assert.That(await Client.HearAsync(), Does.Contain("The command $/cancelRequest has not been found"));
    }

    [Test]
    public async Task Answer_to_no_command_is_refused()
    {
        await Client.SayAsync("""{"execute": "x"}""");
        JsonRpcRequest request = await _conversation.ReadAsync();
        await _conversation.ReturnAsync(request, null);
        Assert.That(async () => await _conversation.ReturnAsync(request, null), Throws.InvalidOperationException);
    }

    [Test]
    public async Task Client_that_leaves_ends_the_commands()
    {
        Client.Stream.EndSending();
        Assert.That(await _conversation.Handler.ReadAsync(), Is.Null);
    }
}
