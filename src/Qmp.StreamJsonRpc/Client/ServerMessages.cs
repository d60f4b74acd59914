using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Framing;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using StreamJsonRpc;

namespace Qmp.StreamJsonRpc.Client;

/// <summary>Takes messages from a stream. For one reader.</summary>
/// <remarks>
/// A receive that is under way stays so when waiting for it is given up: no byte is lost. Pooled memory is left to the
/// collector, as a receive may outlast the handler.
/// </remarks>
internal sealed class ServerMessages(Stream stream)
{
    private readonly MessageInput _input = new();
    private Task<int>? _receiving;

    /// <summary>The message that <see cref="TryRead"/> found; valid until the next call.</summary>
    public JsonMessage Text => _input.Message;

    /// <summary>Takes a message from what was received.</summary>
    /// <exception cref="JsonReaderException">The received bytes are not JSON.</exception>
    public IncomingMessage? TryRead() => _input.Read() switch
    {
        JsonParseOutcome.Message => IncomingMessage.Read(_input.Message),
        JsonParseOutcome.Error => throw new JsonReaderException($"The server sent no QMP: {_input.Error}"),
        _ => null,
    };

    /// <summary>Begins or continues to receive.</summary>
    /// <returns>Ends when <see cref="ReceivedAsync"/> will not have to wait.</returns>
    public Task WhenReceived() => _receiving ??= stream.ReadAsync(_input.Receive()).AsTask();

    /// <summary>Takes over what <see cref="WhenReceived"/> brought.</summary>
    /// <returns>Whether there was anything: the stream has ended otherwise.</returns>
    public async Task<bool> ReceivedAsync()
    {
        Task<int> receiving = _receiving!;
        _receiving = null;
        int count = await receiving.ConfigureAwait(false);
        _input.Received(count);
        return count > 0;
    }

    /// <summary>Waits for a message. Unlike a notification's or a call's, its end is an error.</summary>
    public async Task<IncomingMessage> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryRead() is { } message) return message;
            await WhenReceived().WaitAsync(cancellationToken).ConfigureAwait(false);
            if (!await ReceivedAsync().ConfigureAwait(false))
            {
                throw new EndOfStreamException("The server closed the connection before it was ready for commands.");
            }
        }
    }

    /// <summary>Sees to it that a receive which outlasts its reader goes unnoticed.</summary>
    public void Abandon() => _ = _receiving?.ContinueWith(
        static receive => receive.Exception, CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>The id of an answer, in the form that a JsonRpc has for it.</summary>
    public static RequestId IdOf(IncomingMessage message) => message.Id switch
    {
        JValue { Value: long number } => new(number),
        JValue { Value: string text } => new(text),
        _ => default,
    };
}
