using Newtonsoft.Json;

namespace Qmp.Protocol.Json;

/// <summary>Newtonsoft's view of a value in QEMU's dialect, over tokens that have been checked.</summary>
/// <remarks>
/// Integers are <see cref="long"/>, above that <see cref="ulong"/>, beyond both <see cref="double"/>, as in QEMU.
/// Dates stay strings. Depth is limited by the dialect alone.
/// </remarks>
public sealed class QmpJsonReader : JsonReader
{
    private readonly JsonMessage _message;
    private readonly int _end;
    private int _at;

    /// <summary>Reads the value of <paramref name="message"/> that starts at token <paramref name="index"/>.</summary>
    public QmpJsonReader(JsonMessage message, int index = 0)
    {
        _message = message;
        _at = index;
        _end = message.NextOf(index);
        MaxDepth = null;
        DateParseHandling = DateParseHandling.None;
    }

    /// <summary>Reads bytes that hold exactly one value.</summary>
    /// <exception cref="JsonReaderException">
    /// The bytes are not JSON, or hold more than one value; the message is QEMU's.
    /// </exception>
    public QmpJsonReader(ReadOnlySpan<byte> json)
        : this(JsonMessage.Parse(json))
    {
    }

    /// <inheritdoc/>
    public override bool Read()
    {
        while (_at < _end)
        {
            int index = _at++;
            switch (_message.KindAt(index))
            {
                case JsonTokenKind.LeftBrace:
                    SetToken(JsonToken.StartObject);
                    return true;
                case JsonTokenKind.RightBrace:
                    SetToken(JsonToken.EndObject);
                    return true;
                case JsonTokenKind.LeftBracket:
                    SetToken(JsonToken.StartArray);
                    return true;
                case JsonTokenKind.RightBracket:
                    SetToken(JsonToken.EndArray);
                    return true;
                case JsonTokenKind.String:
                    ReadString(index);
                    return true;
                case JsonTokenKind.Integer:
                    ReadInteger(_message.RawAt(index));
                    return true;
                case JsonTokenKind.Float:
                    SetToken(JsonToken.Float, NumberLiteral.ToDouble(_message.RawAt(index)));
                    return true;
                case JsonTokenKind.Keyword:
                    ReadKeyword(_message.RawAt(index)[0]);
                    return true;
            }
        }

        SetToken(JsonToken.None);
        return false;
    }

    private void ReadString(int index)
    {
        // The syntax has been checked: only a member name is followed by a colon.
        bool isName = _at < _end && _message.KindAt(_at) == JsonTokenKind.Colon;
        SetToken(isName ? JsonToken.PropertyName : JsonToken.String, _message.StringAt(index));
    }

    private void ReadInteger(ReadOnlySpan<byte> token)
    {
        if (NumberLiteral.TryInt64(token, out long signed)) SetToken(JsonToken.Integer, signed);
        else if (NumberLiteral.TryUInt64(token, out ulong unsigned)) SetToken(JsonToken.Integer, unsigned);
        else SetToken(JsonToken.Float, NumberLiteral.ToDouble(token));
    }

    private void ReadKeyword(byte first)
    {
        if (first == 'n') SetToken(JsonToken.Null);
        else SetToken(JsonToken.Boolean, first == 't');
    }
}
