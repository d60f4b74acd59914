using Qmp.Protocol.Framing;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Client.Wire;

/// <summary>A transport's bytes as messages. Used by one reader at a time.</summary>
internal sealed class MessageSource(IConnection transport, int maxMessageBytes) : IDisposable
{
    private readonly MessageInput _input = new();
    private long _messageBytes;
    private ReadOnlyMemory<byte> _received;

    /// <summary>How the connection ended, once there is no further message.</summary>
    public QmpDisconnect End => _messageBytes > 0
        ? new(DisconnectReason.ClosedWithinMessage, "the peer closed the connection within a message")
        : new(DisconnectReason.ClosedByPeer, "the peer closed the connection");

    /// <summary>The bytes that came last, those that were parsed included.</summary>
    public ReadOnlySpan<byte> LatestInput => _received.Span;

    /// <summary>Reads the next message.</summary>
    /// <returns>The message, or <see langword="null"/> at the end.</returns>
    /// <exception cref="ViolationException">The peer sent something that is not JSON, or a message that is too long.</exception>
    public async ValueTask<IncomingMessage?> ReadAsync()
    {
        while (true)
        {
            if (TryParse() is { } message) return message;
            Memory<byte> buffer = _input.Receive();
            int count = await transport.ReceiveAsync(buffer, wakeable: false).ConfigureAwait(OrderedContext.IsCurrent);
            if (count == 0) return null;
            _received = buffer[..count];
            _input.Received(count);
        }
    }

    public void Dispose() => _input.Dispose();

    private IncomingMessage? TryParse()
    {
        // White space between messages belongs to none: a connection that ends there ends cleanly.
        if (_messageBytes == 0) _input.SkipWhiteSpace();
        if (!_input.HasInput) return null;
        JsonParseOutcome outcome = _input.Read(out int consumed);
        _messageBytes += consumed;
        if (_messageBytes > maxMessageBytes)
        {
            throw new ViolationException(
                DisconnectReason.MessageTooLong, $"the peer sent a message of more than {maxMessageBytes} bytes");
        }

        switch (outcome)
        {
            case JsonParseOutcome.NeedMore:
                return null;
            case JsonParseOutcome.Error:
                throw new ViolationException(
                    DisconnectReason.ProtocolViolation, $"the peer sent invalid JSON: {_input.Error}");
            default:
                _messageBytes = 0;
                return IncomingMessage.Read(_input.Message);
        }
    }
}
