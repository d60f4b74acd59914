using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.StreamJsonRpc.Tests.Support;
using Qmp.Types;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Tests.Client;

[TestFixture]
internal sealed class EventTests
{
    private const string Shutdown =
        """{"timestamp": {"seconds": 1700000000, "microseconds": 123456}, "event": "SHUTDOWN", """
        + """ "data": {"guest": true, "reason": "guest-shutdown", "qom-path": "/a", "new": [1]}}""";

    private static readonly DateTimeOffset Raised =
        DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddMicroseconds(123_456);

    private Peer _peer = null!;
    private QmpMessageHandler _handler = null!;

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

    [Test]
    public async Task Event_is_a_notification_with_named_arguments()
    {
        JsonRpcRequest request = await ReadAsync(Shutdown);
        Assert.Multiple(() =>
        {
            Assert.That(request.IsNotification, Is.True);
            Assert.That(request.Method, Is.EqualTo("SHUTDOWN"));
            Assert.That(request.ArgumentNames, Is.EqualTo(new[] { "guest", "reason", "qom-path", "new" }));
            Assert.That(request.ArgumentCount, Is.EqualTo(4));
            Assert.That(request.TryGetArgumentByNameOrIndex("guest", -1, typeof(bool), out object? guest), Is.True);
            Assert.That(guest, Is.True);
        });
    }

    [Test]
    public async Task Event_without_data_has_no_arguments()
    {
        JsonRpcRequest request = await ReadAsync("""{"event": "STOP"}""");
        Assert.That(request.ArgumentCount, Is.Zero);
        Assert.That(request.Bind(() => { }), Is.Empty);
    }

    [Test]
    public async Task Parameters_take_members_by_name_and_a_newer_servers_members_are_dropped()
    {
        JsonRpcRequest request = await ReadAsync(Shutdown);
        object?[]? arguments = request.Bind(
            ([JsonRpcParameter("qom-path")] string path, bool guest, string? absent = "default") => { });
        Assert.That(arguments, Is.EqualTo(new object?[] { "/a", true, "default" }));
    }

    [Test]
    public async Task Timestamp_is_reached_through_a_parameter_and_as_a_property()
    {
        JsonRpcRequest request = await ReadAsync(Shutdown);
        var raised = (QmpEvent)request.Bind((bool guest, QmpEvent raised) => { })![1]!;
        Assert.Multiple(() =>
        {
            Assert.That(raised.Name, Is.EqualTo("SHUTDOWN"));
            Assert.That(raised.Timestamp, Is.EqualTo(Raised));
            Assert.That((string?)raised.Data?["reason"], Is.EqualTo("guest-shutdown"));
            Assert.That(request.TryGetTopLevelProperty("timestamp", out DateTimeOffset timestamp), Is.True);
            Assert.That(timestamp, Is.EqualTo(Raised));
        });
    }

    [TestCase("""{"event": "STOP"}""")]
    [TestCase("""{"event": "STOP", "timestamp": {"seconds": -1, "microseconds": -1}}""")]
    public async Task Server_that_cannot_tell_the_time_gives_no_timestamp(string text)
    {
        JsonRpcRequest request = await ReadAsync(text);
        Assert.Multiple(() =>
        {
            Assert.That(((QmpEvent)request.Bind((QmpEvent raised) => { })![0]!).Timestamp, Is.Null);
            Assert.That(request.TryGetTopLevelProperty("timestamp", out DateTimeOffset _), Is.False);
        });
    }

    [Test]
    public async Task Parameter_for_all_takes_the_data_as_a_record_of_the_schema()
    {
        JsonRpcRequest request = await ReadAsync(Shutdown);
        object?[]? arguments = request.Bind(([JsonRpcParameter("*")] ShutdownEvent data, QmpEvent raised) => { });
        var data = (ShutdownEvent)arguments![0]!;
        Assert.Multiple(() =>
        {
            Assert.That(data.Guest, Is.True);
            Assert.That(data.Reason, Is.EqualTo(ShutdownCause.GuestShutdown));
            Assert.That(data.Extension?["new"], Is.EqualTo(new JArray(1)));
        });
    }

    [Test]
    public async Task Method_that_does_not_fit_is_not_called()
    {
        JsonRpcRequest request = await ReadAsync(Shutdown);
        Assert.Multiple(() =>
        {
            Assert.That(request.Bind((string missing) => { }), Is.Null);
            Assert.That(request.Bind((int[] guest) => { }), Is.Null);
            Assert.That(request.Bind(([JsonRpcParameter("*")] StatusInfo other) => { }), Is.Null);
        });
    }

    private async Task<JsonRpcRequest> ReadAsync(string text)
    {
        await _peer.SayAsync(text);
        return await _handler.ReadAsync<JsonRpcRequest>();
    }
}
