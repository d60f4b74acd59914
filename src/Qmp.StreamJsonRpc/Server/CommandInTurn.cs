using Qmp.Protocol.Json;
using Qmp.StreamJsonRpc.Mapping;

namespace Qmp.StreamJsonRpc.Server;

/// <summary>The one command that a client waits for.</summary>
/// <param name="request">As the JsonRpc knows it.</param>
/// <param name="message">As it was sent; kept for its id.</param>
/// <param name="id">The token of its id, or -1.</param>
internal sealed class CommandInTurn(InboundRequest request, JsonMessage message, int id)
{
    // Continuations must not run inside the answer's writer.
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InboundRequest Request { get; } = request;

    public JsonMessage Message { get; } = message;

    public int Id { get; } = id;

    /// <summary>Ends with the answer.</summary>
    public Task Answered => _answered.Task;

    public void End()
    {
        Message.Dispose();
        _answered.TrySetResult();
    }
}
