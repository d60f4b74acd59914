using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Transport;

namespace Qmp.Client.Wire;

/// <summary>A transport's bytes as messages. Used by one reader at a time.</summary>
internal sealed class MessageSource(IDuplexTransport transport, int maxMessageBytes) : IDisposable
{
    private const int ChunkSize = 32 << 10;

    private readonly JsonMessageParser _parser = new();
    private readonly byte[] _chunk = new byte[ChunkSize];
    private int _at;
    private int _end;
    private long _messageBytes;

    /// <summary>Whether a message has begun and not ended.</summary>
    public bool IsWithinMessage => _messageBytes > 0;

    /// <summary>Reads the next message.</summary>
    /// <returns>The message, or <see langword="null"/> at the end.</returns>
    /// <exception cref="ViolationException">What came is no message, or is too long.</exception>
    public async ValueTask<IncomingMessage?> ReadAsync()
    {
        while (true)
        {
            if (TryParse() is { } message) return message;
            _at = 0;
            _end = 0;
            _end = await transport.ReceiveAsync(_chunk, wakeable: false).ConfigureAwait(false);
            if (_end == 0) return null;
        }
    }

    public void Dispose() => _parser.Dispose();

    private IncomingMessage? TryParse()
    {
        // White space between messages belongs to none: a connection that ends there ends cleanly.
        if (_messageBytes == 0)
        {
            int start = _chunk.AsSpan(_at, _end - _at).IndexOfAnyExcept(" \t\r\n"u8);
            _at = start < 0 ? _end : _at + start;
        }

        if (_at == _end) return null;
        JsonParseOutcome outcome = _parser.Feed(_chunk.AsSpan(_at, _end - _at), out int consumed);
        _at += consumed;
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
                    DisconnectReason.ProtocolViolation, $"the peer sent what is no message: {_parser.Error}");
            default:
                _messageBytes = 0;
                return IncomingMessage.Read(_parser.Message);
        }
    }
}
