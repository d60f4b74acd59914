using Qmp.Protocol.Messages;
using Qmp.StreamJsonRpc.Tests.Support;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Tests.Server;

[TestFixture]
internal sealed class ServerNegotiationTests
{
    private ServerConversation _conversation = null!;

    [SetUp]
    public void Open() => _conversation = new ServerConversation();

    [TearDown]
    public void Close() => _conversation.Dispose();

    [Test]
    public async Task Client_is_greeted_without_capabilities()
    {
        Task<JsonRpcMessage?> reading = _conversation.Handler.ReadAsync();
        Assert.That(
            await _conversation.Client.HearAsync(),
            Is.EqualTo("""{"QMP": {"version": {"qemu": {"micro": 2, "minor": 0, "major": 10}, "package": ""}, """
                + "\"capabilities\": []}}"));
        _conversation.Client.Stream.EndSending();
        Assert.That(await reading, Is.Null);
    }

    [Test]
    public async Task Greeting_tells_the_version_that_was_set()
    {
        using var conversation = new ServerConversation(new QmpServerHandlerOptions
        {
            Time = TimeProvider.System,
            Version = new QmpVersion(11, 1, 3, "ours"),
        });
        Task<JsonRpcMessage?> reading = conversation.Handler.ReadAsync();
        Assert.That(
            await conversation.Client.HearAsync(),
            Does.Contain("""{"micro": 3, "minor": 1, "major": 11}, "package": "ours"}"""));
        conversation.Client.Stream.EndSending();
        await reading;
    }

    [TestCase("""{"execute": "query-status", "id": 1}""", "CommandNotFound",
        "Expecting capabilities negotiation with 'qmp_capabilities'")]
    [TestCase("""{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}, "id": 1}""", "GenericError",
        "Capability oob not available")]
    [TestCase("""{"execute": "qmp_capabilities", "arguments": {"enable": ["x"]}, "id": 1}""", "GenericError",
        "Parameter 'null' does not accept value 'x'")]
    [TestCase("""{"execute": "qmp_capabilities", "arguments": {"enable": [1]}, "id": 1}""", "GenericError",
        "Invalid parameter type for 'enable[0]', expected: string")]
    [TestCase("""{"execute": "qmp_capabilities", "arguments": {"enable": 1}, "id": 1}""", "GenericError",
        "Invalid parameter type for 'enable', expected: array")]
    [TestCase("""{"execute": "qmp_capabilities", "arguments": {"x": 1}, "id": 1}""", "GenericError",
        "Parameter 'x' is unexpected")]
    [TestCase("""{"execute": 1, "id": 1}""", "GenericError", "QMP input member 'execute' must be a string")]
    public async Task Negotiation_stays_open_after_an_error(string request, string errorClass, string description)
    {
        await _conversation.Client.SayAsync(request);
        await _conversation.Client.SayAsync("""{"execute": "qmp_capabilities", "id": 2} {"execute": "x"}""");
        Assert.That((await _conversation.ReadAsync()).Method, Is.EqualTo("x"));
        await _conversation.Client.HearAsync();
        Assert.That(
            await _conversation.Client.HearAsync(),
            Is.EqualTo($$$"""{"id": 1, "error": {"class": "{{{errorClass}}}", "desc": "{{{description}}}"}}"""));
        Assert.That(await _conversation.Client.HearAsync(), Is.EqualTo("""{"return": {}, "id": 2}"""));
    }

    [Test]
    public async Task Negotiating_twice_is_refused()
    {
        await _conversation.Client.SayAsync(
            """{"execute": "qmp_capabilities"} {"execute": "qmp_capabilities"} {"execute": "x"}""");
        await _conversation.ReadAsync();
        await _conversation.Client.HearAsync();
        await _conversation.Client.HearAsync();
        Assert.That(
            await _conversation.Client.HearAsync(),
            Does.Contain("Capabilities negotiation is already complete, command ignored"));
    }

    [Test]
    public async Task Events_before_the_negotiation_are_dropped()
    {
        await _conversation.Handler.WriteAsync(Calls.Notification("STOP"));
        await _conversation.Client.SayAsync("""{"execute": "qmp_capabilities", "id": 1} {"execute": "x"}""");
        await _conversation.ReadAsync();
        await _conversation.Client.HearAsync();
        Assert.That(await _conversation.Client.HearAsync(), Is.EqualTo("""{"return": {}, "id": 1}"""));
    }
}
