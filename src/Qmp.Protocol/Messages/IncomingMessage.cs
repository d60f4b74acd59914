using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;

namespace Qmp.Protocol.Messages;

/// <summary>A message of a server, taken apart for a client. Independent of the tokens it came from.</summary>
public sealed class IncomingMessage
{
    private IncomingMessage(IncomingMessageKind kind) => Kind = kind;

    /// <summary>What it is; which of the other members are set follows from it.</summary>
    public IncomingMessageKind Kind { get; }

    /// <summary>Of a reply: the request's id, or <see langword="null"/> if it has none.</summary>
    public JToken? Id { get; private init; }

    /// <summary>Of a successful reply: the result. Of an event: the data, or <see langword="null"/>.</summary>
    public JToken? Value { get; private init; }

    /// <summary>Of an error.</summary>
    public QmpError? Error { get; private init; }

    /// <summary>Of an event: its name.</summary>
    public string? EventName { get; private init; }

    /// <summary>
    /// Of an event: when it was raised, by the server's clock; <see langword="null"/> if it could not tell.
    /// </summary>
    public DateTimeOffset? Timestamp { get; private init; }

    /// <summary>Of a greeting.</summary>
    public QmpVersion? Version { get; private init; }

    /// <summary>Of a greeting: the capabilities offered.</summary>
    public IReadOnlyList<string> Capabilities { get; private init; } = [];

    /// <summary>Takes a message apart.</summary>
    public static IncomingMessage Read(JsonMessage message)
    {
        if (message.KindAt(0) != JsonTokenKind.LeftBrace) return new(IncomingMessageKind.Unknown);
        int result = message.Find(0, "return"u8);
        if (result >= 0)
        {
            return new(IncomingMessageKind.Return) { Id = Member(message, "id"u8), Value = message.ToJToken(result) };
        }

        int error = message.Find(0, "error"u8);
        if (IsObject(message, error))
        {
            return new(IncomingMessageKind.Error)
            {
                Id = Member(message, "id"u8),
                Error = new QmpError(Text(message, error, "class"u8), Text(message, error, "desc"u8)),
            };
        }

        int name = message.Find(0, "event"u8);
        if (name >= 0 && message.KindAt(name) == JsonTokenKind.String)
        {
            return new(IncomingMessageKind.Event)
            {
                EventName = message.StringAt(name),
                Timestamp = Stamp(message, message.Find(0, "timestamp"u8)),
                Value = Member(message, "data"u8),
            };
        }

        int greeting = message.Find(0, "QMP"u8);
        return IsObject(message, greeting) ? Greeting(message, greeting) : new(IncomingMessageKind.Unknown);
    }

    private static IncomingMessage Greeting(JsonMessage message, int greeting)
    {
        int version = message.Find(greeting, "version"u8);
        int capabilities = message.Find(greeting, "capabilities"u8);
        return new(IncomingMessageKind.Greeting)
        {
            Version = IsObject(message, version) ? ReadVersion(message, version) : null,
            Capabilities = capabilities >= 0 && message.ToJToken(capabilities) is JArray offered
                ? [.. offered.OfType<JValue>().Select(c => c.Value).OfType<string>()]
                : [],
        };
    }

    private static QmpVersion? ReadVersion(JsonMessage message, int version)
    {
        int qemu = message.Find(version, "qemu"u8);
        if (!IsObject(message, qemu)) return null;
        return new QmpVersion(
            (int)Number(message, qemu, "major"u8),
            (int)Number(message, qemu, "minor"u8),
            (int)Number(message, qemu, "micro"u8),
            Text(message, version, "package"u8));
    }

    private static DateTimeOffset? Stamp(JsonMessage message, int timestamp)
    {
        if (!IsObject(message, timestamp)) return null;
        long seconds = Number(message, timestamp, "seconds"u8);
        long microseconds = Number(message, timestamp, "microseconds"u8);
        // qmp-spec: both are -1 when the server could not tell the time.
        return seconds is < 0 or > int.MaxValue * 32L || microseconds is < 0 or > 999_999
            ? null
            : DateTimeOffset.FromUnixTimeSeconds(seconds).AddMicroseconds(microseconds);
    }

    private static bool IsObject(JsonMessage message, int index) =>
        index >= 0 && message.KindAt(index) == JsonTokenKind.LeftBrace;

    private static JToken? Member(JsonMessage message, ReadOnlySpan<byte> name)
    {
        int index = message.Find(0, name);
        return index < 0 ? null : message.ToJToken(index);
    }

    private static string Text(JsonMessage message, int container, ReadOnlySpan<byte> name)
    {
        int index = message.Find(container, name);
        return index >= 0 && message.KindAt(index) == JsonTokenKind.String ? message.StringAt(index) : "";
    }

    private static long Number(JsonMessage message, int container, ReadOnlySpan<byte> name)
    {
        int index = message.Find(container, name);
        return index >= 0 && NumberLiteral.TryInt64(message.RawAt(index), out long value) ? value : -1;
    }
}
