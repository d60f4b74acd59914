using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;

namespace Qmp.Protocol.Visitors;

/// <summary>A JSON value that a visitor walks: a value of a message, read from its tokens, or one of Newtonsoft's trees.</summary>
/// <remarks>
/// A server reads arguments straight from the request's tokens; clients and options have trees. Both have the same
/// members, kinds and numbers, so that a visitor reports the same errors for either. A node of a message is valid as
/// long as the message is.
/// </remarks>
internal readonly struct InputNode
{
    private readonly JsonMessage? _message;
    private readonly int _index;

    /// <summary>A tree.</summary>
    public InputNode(JToken tree) => Tree = tree;

    /// <summary>The value of <paramref name="message"/> that starts at token <paramref name="index"/>.</summary>
    public InputNode(JsonMessage message, int index)
    {
        _message = message;
        _index = index;
    }

    /// <summary>The tree, or <see langword="null"/> if the value belongs to a message.</summary>
    public JToken? Tree { get; }

    /// <summary>What kind of JSON value it is.</summary>
    public JsonKind Kind => _message is null ? TreeKind : _message.KindAt(_index) switch
    {
        JsonTokenKind.LeftBrace => JsonKind.Object,
        JsonTokenKind.LeftBracket => JsonKind.Array,
        JsonTokenKind.Integer or JsonTokenKind.Float => JsonKind.Number,
        JsonTokenKind.Keyword => _message.RawAt(_index)[0] == 'n' ? JsonKind.Null : JsonKind.Boolean,
        _ => JsonKind.String,
    };

    private JsonKind TreeKind => Tree!.Type switch
    {
        JTokenType.Null => JsonKind.Null,
        JTokenType.Integer or JTokenType.Float => JsonKind.Number,
        JTokenType.Object => JsonKind.Object,
        JTokenType.Array => JsonKind.Array,
        JTokenType.Boolean => JsonKind.Boolean,
        _ => JsonKind.String,
    };

    /// <summary>Finds a member of an object.</summary>
    public bool TryGetMember(string name, out InputNode member)
    {
        if (_message is not null)
        {
            int value = _message.Find(_index, name);
            member = new InputNode(_message, value);
            return value >= 0;
        }

        bool found = ((JObject)Tree!).TryGetValue(name, out JToken? token);
        member = new InputNode(token!);
        return found;
    }

    /// <summary>How many members an object has.</summary>
    public int CountMembers()
    {
        if (_message is null) return ((JObject)Tree!).Count;
        int count = 0;
        for (int key = _message.FirstKey(_index); key >= 0; key = _message.NextKey(key)) count++;
        return count;
    }

    /// <summary>The members of an object in the order of the input.</summary>
    public IEnumerable<KeyValuePair<string, InputNode>> Members()
    {
        if (_message is null)
        {
            foreach (JProperty property in ((JObject)Tree!).Properties())
            {
                yield return new(property.Name, new InputNode(property.Value));
            }

            yield break;
        }

        for (int key = _message.FirstKey(_index); key >= 0; key = _message.NextKey(key))
        {
            yield return new(_message.StringAt(key), new InputNode(_message, key + 2));
        }
    }

    /// <summary>Finds the element of a list that follows another one.</summary>
    /// <param name="index">The place of the element to find, from 0.</param>
    /// <param name="element">The element before it, if there is one; then the element itself.</param>
    /// <returns>Whether the list has so many elements.</returns>
    public bool TryGetElement(int index, ref InputNode element)
    {
        if (_message is null)
        {
            var elements = (JArray)Tree!;
            if (index >= elements.Count) return false;
            element = new InputNode(elements[index]);
            return true;
        }

        // Behind an element stands a comma or the closing bracket; an empty list has the bracket only.
        int at = index == 0 ? _index + 1 : _message.NextOf(element._index);
        if (_message.KindAt(at) == JsonTokenKind.RightBracket) return false;
        element = new InputNode(_message, index == 0 ? at : at + 1);
        return true;
    }

    /// <summary>The value as a tree: the tree itself, or a new one made of the tokens.</summary>
    public JToken ToJToken() => Tree ?? _message!.ToJToken(_index);

    /// <summary>Reads an integer that fits a signed 64-bit integer.</summary>
    public bool TryGetInt64(out long value)
    {
        value = 0;
        if (_message is not null)
        {
            return _message.KindAt(_index) == JsonTokenKind.Integer
                && NumberLiteral.TryInt64(_message.RawAt(_index), out value);
        }

        if (Tree is not JValue { Type: JTokenType.Integer } number) return false;
        if (number.Value is BigInteger or > (ulong)long.MaxValue) return false;
        value = Convert.ToInt64(number.Value, CultureInfo.InvariantCulture);
        return true;
    }

    /// <summary>Reads an integer of 64 bits, signed or not; a negative one wraps around.</summary>
    public bool TryGetUInt64(out ulong value)
    {
        if (TryGetInt64(out long signed))
        {
            value = (ulong)signed;
            return true;
        }

        value = 0;
        if (_message is not null)
        {
            return _message.KindAt(_index) == JsonTokenKind.Integer
                && NumberLiteral.TryUInt64(_message.RawAt(_index), out value);
        }

        if (Tree is not JValue { Value: ulong unsigned }) return false;
        value = unsigned;
        return true;
    }

    /// <summary>Reads any number.</summary>
    public bool TryGetDouble(out double value)
    {
        value = 0;
        if (Kind != JsonKind.Number) return false;
        value = _message is null
            ? Convert.ToDouble(((JValue)Tree!).Value, CultureInfo.InvariantCulture)
            : NumberLiteral.ToDouble(_message.RawAt(_index));
        return true;
    }

    /// <summary>Reads a boolean.</summary>
    public bool TryGetBoolean(out bool value)
    {
        value = _message is null ? Tree is JValue { Value: true } : _message.RawAt(_index) is [(byte)'t', ..];
        return Kind == JsonKind.Boolean;
    }

    /// <summary>Reads a string.</summary>
    public bool TryGetString([NotNullWhen(true)] out string? value)
    {
        if (_message is null) value = (Tree as JValue)?.Value as string;
        else value = Kind == JsonKind.String ? _message.StringAt(_index) : null;
        return value is not null;
    }

    /// <summary>Reads a string of plain ASCII without making one; false for others, and for strings of a tree.</summary>
    public bool TryGetPlainString(out ReadOnlySpan<byte> ascii)
    {
        bool plain = _message is not null && _message.IsPlain(_index);
        ascii = plain ? _message!.RawAt(_index)[1..^1] : default;
        return plain;
    }
}
