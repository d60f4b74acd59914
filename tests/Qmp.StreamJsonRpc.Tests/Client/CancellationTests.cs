using Qmp.StreamJsonRpc.Tests.Support;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Tests.Client;

[TestFixture]
internal sealed class CancellationTests
{
    private Peer _peer = null!;
    private QmpMessageHandler _handler = null!;
    private int _unmatched;

    [SetUp]
    public async Task Connect()
    {
        _unmatched = 0;
        _peer = Peer.Create();
        _handler = await _peer.ConnectedAsync();
        _handler.UnmatchedReply += (_, _) => _unmatched++;
        await _handler.WriteAsync(Calls.Call(1, "slow"));
        await _peer.HearAsync();
    }

    [TearDown]
    public void Close()
    {
        _handler.Dispose();
        _peer.Dispose();
    }

    [Test]
    public async Task Cancelled_call_ends_at_once_and_its_late_answer_is_dropped()
    {
        Task<JsonRpcError> reading = _handler.ReadAsync<JsonRpcError>();
        await _handler.WriteAsync(Calls.Cancellation(1));
        JsonRpcError cancelled = await reading;
        Assert.That(cancelled.RequestId.Number, Is.EqualTo(1));
        Assert.That(cancelled.Error!.Code, Is.EqualTo(JsonRpcErrorCode.RequestCanceled));

        await _peer.SayAsync("""{"return": {}, "id": 1} {"event": "STOP"}""");
        Assert.That((await _handler.ReadAsync<JsonRpcRequest>()).Method, Is.EqualTo("STOP"));
        Assert.That(_unmatched, Is.Zero);
    }

    [Test]
    public async Task Cancellation_goes_before_messages_and_loses_none()
    {
        await _handler.WriteAsync(Calls.Call(2, "x"));
        await _peer.SayAsync("""{"return": {}, "id": 2} {"event": "STOP"}""");
        await _handler.WriteAsync(Calls.Cancellation(1));
        await _handler.ReadAsync<JsonRpcError>();
        Assert.That((await _handler.ReadAsync<JsonRpcResult>()).RequestId.Number, Is.EqualTo(2));
        Assert.That((await _handler.ReadAsync<JsonRpcRequest>()).Method, Is.EqualTo("STOP"));
    }

    [Test]
    public async Task Many_cancellations_end_many_calls()
    {
        for (int id = 2; id <= 50; id++) await _handler.WriteAsync(Calls.Call(id, "x"));
        for (int id = 1; id <= 50; id++)
        {
            Task<JsonRpcError> reading = _handler.ReadAsync<JsonRpcError>();
            await _handler.WriteAsync(Calls.Cancellation(id));
            Assert.That((await reading).RequestId.Number, Is.EqualTo(id));
        }
    }

    [Test]
    public async Task Nothing_is_sent_to_the_server()
    {
        await _handler.WriteAsync(Calls.Cancellation(1));
        await _handler.WriteAsync(Calls.Call(2, "next"));
        Assert.That(await _peer.HearAsync(), Does.Contain("next"));
    }

    [TestCase(1, TestName = "Cancelling an answered call does nothing")]
    [TestCase(77, TestName = "Cancelling an unknown call does nothing")]
    public async Task Cancelling_without_a_call_does_nothing(int id)
    {
        await _peer.SayAsync("""{"return": {}, "id": 1}""");
        await _handler.ReadAsync<JsonRpcResult>();
        await _handler.WriteAsync(Calls.Cancellation(id));
        await _peer.SayAsync("""{"event": "STOP"}""");
        Assert.That((await _handler.ReadAsync<JsonRpcRequest>()).Method, Is.EqualTo("STOP"));
    }

    [Test]
    public async Task Reading_that_was_given_up_loses_no_byte()
    {
        using var cancellation = new CancellationTokenSource();
        Task<JsonRpcMessage?> reading = _handler.ReadAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        Assert.That(() => reading, Throws.InstanceOf<OperationCanceledException>());
        await _peer.SayAsync("""{"return": {}, "id": 1}""");
        Assert.That((await _handler.ReadAsync<JsonRpcResult>()).RequestId.Number, Is.EqualTo(1));
    }
}
