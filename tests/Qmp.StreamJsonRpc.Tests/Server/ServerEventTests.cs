using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.StreamJsonRpc.Tests.Support;
using Qmp.Types;

namespace Qmp.StreamJsonRpc.Tests.Server;

[TestFixture]
internal sealed class ServerEventTests
{
    private const string Stamp = """{"timestamp": {"seconds": 1700000000, "microseconds": 123456}, """;

    private ServerConversation _conversation = null!;

    [SetUp]
    public async Task Open() => _conversation = await ServerConversation.NegotiatedAsync(new QmpServerHandlerOptions
    {
        Time = new FakeTimeProvider(ServerConversation.Now),
        Serializer = QmpSerializer.Create(RpcTypes.CreateConverter(strict: true)),
    });

    [TearDown]
    public void Close() => _conversation.Dispose();

    private static IEnumerable<TestCaseData> Data()
    {
        yield return new TestCaseData(null, "");
        yield return new TestCaseData(
            new Dictionary<string, object?> { ["a"] = 1, ["b"] = null }, """, "data": {"a": 1}""");
        yield return new TestCaseData(new { QomPath = "/a" }, """, "data": {"qom-path": "/a"}""");
        yield return new TestCaseData(new JObject { ["a"] = 1 }, """, "data": {"a": 1}""");
        yield return new TestCaseData(
            new ShutdownEvent { Guest = true, Reason = ShutdownCause.HostQmpQuit },
            """, "data": {"guest": true, "reason": "host-qmp-quit"}""");
    }

    [TestCaseSource(nameof(Data))]
    public async Task Notification_is_an_event_with_a_timestamp(object? data, string text)
    {
        await _conversation.Handler.WriteAsync(Calls.Notification("EVENT", data));
        Assert.That(await _conversation.Client.HearAsync(), Is.EqualTo($$"""{{Stamp}}"event": "EVENT"{{text}}}"""));
    }

    [Test]
    public async Task What_is_no_event_is_refused_and_leaves_no_trace()
    {
        Assert.That(
            async () => await _conversation.Handler.WriteAsync(Calls.Notification("E", new object?[] { 1 })),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("positional"));
        Assert.That(
            async () => await _conversation.Handler.WriteAsync(Calls.Call(1, "E")),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("does not call its clients"));
        Assert.That(
            async () => await _conversation.Handler.WriteAsync(Calls.Notification("$/progress")),
            Throws.InstanceOf<NotSupportedException>());
        await _conversation.Handler.WriteAsync(Calls.Notification("STOP"));
        Assert.That(await _conversation.Client.HearAsync(), Is.EqualTo(Stamp + "\"event\": \"STOP\"}"));
    }

    [Test]
    public async Task Event_inside_a_command_goes_before_its_answer()
    {
        await _conversation.Client.SayAsync("""{"execute": "stop"}""");
        var request = await _conversation.ReadAsync();
        await _conversation.Handler.WriteAsync(Calls.Notification("STOP"));
        await _conversation.ReturnAsync(request, null);
        Assert.That(await _conversation.Client.HearAsync(), Does.Contain("STOP"));
        Assert.That(await _conversation.Client.HearAsync(), Is.EqualTo("""{"return": {}}"""));
    }
}
