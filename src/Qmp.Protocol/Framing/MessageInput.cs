using System.Buffers;
using Qmp.Protocol.Json;

namespace Qmp.Protocol.Framing;

/// <summary>Received bytes, which are parsed one message after the other.</summary>
/// <param name="dialect">How errors are told; as QEMU 10.0 does unless given.</param>
public sealed class MessageInput(JsonDialect? dialect = null) : IDisposable
{
    private const int ChunkSize = 16 << 10;

    private readonly JsonMessageParser _parser = new(dialect);
    private byte[]? _chunk;
    private int _at;
    private int _end;

    /// <summary>Whether bytes are there that have not been parsed.</summary>
    public bool HasInput => _at < _end;

    /// <summary>What the last error was.</summary>
    public string Error => _parser.Error ?? "";

    /// <summary>The message that <see cref="Read()"/> found; valid until the next read.</summary>
    public JsonMessage Message => _parser.Message;

    /// <summary>Where to receive more bytes; only when there is no input left.</summary>
    public Memory<byte> Receive() => _chunk ??= ArrayPool<byte>.Shared.Rent(ChunkSize);

    /// <summary>Tells how many bytes were received.</summary>
    public void Received(int count)
    {
        _at = 0;
        _end = count;
    }

    /// <summary>Parses up to the next message or error.</summary>
    public JsonParseOutcome Read() => Read(out _);

    /// <summary>Parses up to the next message or error.</summary>
    /// <param name="consumed">How many bytes of the input that took.</param>
    public JsonParseOutcome Read(out int consumed)
    {
        JsonParseOutcome outcome = _parser.Feed(_chunk.AsSpan(_at, _end - _at), out consumed);
        _at += consumed;
        return outcome;
    }

    /// <summary>Takes white space away that stands at the beginning of the input; only between messages.</summary>
    public void SkipWhiteSpace()
    {
        ReadOnlySpan<byte> rest = _chunk.AsSpan(_at, _end - _at);
        int start = rest.IndexOfAnyExcept(" \t\r\n"u8);
        if (start < 0) start = rest.Length;
        _parser.Pass(rest[..start]);
        _at += start;
    }

    /// <summary>Hands the message over and parses on with <paramref name="empty"/>.</summary>
    public JsonMessage Exchange(JsonMessage empty) => _parser.Exchange(empty);

    /// <summary>Gives pooled memory back.</summary>
    public void Dispose()
    {
        _parser.Dispose();
        if (_chunk is not null) ArrayPool<byte>.Shared.Return(_chunk);
        _chunk = null;
        _end = 0;
        _at = 0;
    }
}
