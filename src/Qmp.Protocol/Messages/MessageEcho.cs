using Qmp.Protocol.Json;

namespace Qmp.Protocol.Messages;

/// <summary>Writes a value of a request back, normalised as QEMU does. What is simple costs no allocation.</summary>
internal static class MessageEcho
{
    public static void Write(JsonEmitter emitter, JsonMessage message, int index)
    {
        ReadOnlySpan<byte> raw = message.RawAt(index);
        switch (message.KindAt(index))
        {
            case JsonTokenKind.String when message.IsPlain(index):
                emitter.Raw("\""u8);
                emitter.Raw(raw[1..^1]);
                emitter.Raw("\""u8);
                break;
            case JsonTokenKind.String:
                emitter.Quote(message.StringAt(index));
                break;
            case JsonTokenKind.Keyword:
                emitter.Raw(raw);
                break;
            case JsonTokenKind.Integer when NumberLiteral.TryInt64(raw, out long signed):
                emitter.Integer(signed);
                break;
            case JsonTokenKind.Integer when NumberLiteral.TryUInt64(raw, out ulong unsigned):
                emitter.Integer(unsigned);
                break;
            case JsonTokenKind.Integer or JsonTokenKind.Float:
                emitter.Number(NumberLiteral.ToDouble(raw));
                break;
            default:
                JTokenEmitter.Write(emitter, message.ToJToken(index));
                break;
        }
    }
}
