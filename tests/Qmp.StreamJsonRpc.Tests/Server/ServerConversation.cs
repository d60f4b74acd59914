using Microsoft.Extensions.Time.Testing;
using Qmp.StreamJsonRpc.Tests.Support;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Tests.Server;

/// <summary>A client that says and hears bytes, and a server's handler that a test answers for.</summary>
internal sealed class ServerConversation : IDisposable
{
    public static readonly DateTimeOffset Now =
        DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddMicroseconds(123_456);

    private readonly Peer _peer = Peer.Create();

    public ServerConversation(QmpServerHandlerOptions? options = null) =>
        Handler = new QmpServerMessageHandler(_peer.Other, options ?? new() { Time = new FakeTimeProvider(Now) });

    public QmpServerMessageHandler Handler { get; }

    public Peer Client => _peer;

    public static async Task<ServerConversation> NegotiatedAsync(QmpServerHandlerOptions? options = null)
    {
        var conversation = new ServerConversation(options);
        await conversation.Client.SayAsync("""{"execute": "qmp_capabilities"} {"execute": "first"}""");
        JsonRpcRequest first = await conversation.ReadAsync();
        await conversation.ReturnAsync(first, null);
        for (int line = 0; line < 3; line++) await conversation.Client.HearAsync();
        return conversation;
    }

    public Task<JsonRpcRequest> ReadAsync() => Handler.ReadAsync<JsonRpcRequest>();

    public ValueTask ReturnAsync(JsonRpcRequest request, object? result) =>
        Handler.WriteAsync(new JsonRpcResult { RequestId = request.RequestId, Result = result });

    public ValueTask FailAsync(
        JsonRpcRequest request, JsonRpcErrorCode code, string? message = null, object? data = null) =>
        Handler.WriteAsync(new JsonRpcError
        {
            RequestId = request.RequestId,
            Error = new JsonRpcError.ErrorDetail { Code = code, Message = message, Data = data },
        });

    public void Dispose()
    {
        Handler.Dispose();
        _peer.Dispose();
    }
}
