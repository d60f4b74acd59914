using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Json;

/// <summary>One complete JSON value as a list of tokens over pooled bytes.</summary>
/// <remarks>
/// Made by <see cref="JsonMessageParser"/>, which has checked the syntax: every bracket is closed, every key is a
/// string and unique in its object, every string is valid. Reused from message to message; what it hands out is valid
/// until then. Token 0 is the value itself.
/// </remarks>
public sealed class JsonMessage : IDisposable
{
    private const int KeptTokens = 1 << 14;

    private readonly ByteBuffer _text = new();
    private Token[] _tokens = new Token[32];
    private int _count;

    private struct Token
    {
        public int Offset;

        /// <summary>Bytes of its text; 0 for punctuation.</summary>
        public int Length;

        /// <summary>For the first token of a value: the index of the token behind the value.</summary>
        public int Next;

        public JsonTokenKind Kind;
        public bool IsPlain;
    }

    /// <summary>How many tokens there are.</summary>
    public int Count => _count;

    /// <summary>The bytes collected so far, also of a token that is not complete.</summary>
    internal ByteBuffer Text => _text;

    /// <summary>Reads one value from bytes that hold nothing else.</summary>
    /// <exception cref="JsonReaderException">
    /// The bytes are not JSON, or hold more than one value; the message is QEMU's.
    /// </exception>
    public static JsonMessage Parse(ReadOnlySpan<byte> json)
    {
        var parser = new JsonMessageParser();
        JsonParseOutcome outcome = parser.Feed(json, out int consumed);
        if (outcome == JsonParseOutcome.NeedMore) outcome = parser.Finish();
        if (outcome == JsonParseOutcome.Error) throw new JsonReaderException(parser.Error!);
        if (outcome == JsonParseOutcome.NeedMore) throw new JsonReaderException("JSON parse error, expecting value");
        if (json[consumed..].ContainsAnyExcept(" \t\r\n"u8))
        {
            throw new JsonReaderException("Expecting at most one JSON value");
        }

        return parser.Message;
    }

    /// <summary>What kind of token stands at <paramref name="index"/>.</summary>
    public JsonTokenKind KindAt(int index) => _tokens[index].Kind;

    /// <summary>The text of a number, keyword or string token as it was sent; empty for punctuation.</summary>
    public ReadOnlySpan<byte> RawAt(int index)
    {
        ref readonly Token token = ref _tokens[index];
        return _text.Span.Slice(token.Offset, token.Length);
    }

    /// <summary>The index behind the value that starts at <paramref name="index"/>.</summary>
    public int NextOf(int index) => _tokens[index].Next;

    /// <summary>Finds a member of the object that starts at <paramref name="index"/>.</summary>
    /// <param name="index">The object.</param>
    /// <param name="name">The member's name, plain ASCII.</param>
    /// <returns>The index of the member's value, or -1.</returns>
    public int Find(int index, ReadOnlySpan<byte> name)
    {
        for (int key = FirstKey(index); key >= 0; key = NextKey(key))
        {
            if (StringEquals(key, name)) return key + 2;
        }

        return -1;
    }

    /// <summary>Finds a member of the object that starts at <paramref name="index"/>.</summary>
    /// <param name="index">The object.</param>
    /// <param name="name">The member's name.</param>
    /// <returns>The index of the member's value, or -1.</returns>
    internal int Find(int index, string name)
    {
        for (int key = FirstKey(index); key >= 0; key = NextKey(key))
        {
            if (StringEquals(key, name)) return key + 2;
        }

        return -1;
    }

    /// <summary>Whether the string token reads as this text of plain ASCII.</summary>
    public bool StringEquals(int index, ReadOnlySpan<byte> ascii)
    {
        if (_tokens[index].IsPlain) return RawAt(index)[1..^1].SequenceEqual(ascii);
        return _tokens[index].Length - 2 >= ascii.Length
            && StringAt(index).AsSpan().SequenceEqual(Encoding.ASCII.GetString(ascii));
    }

    /// <summary>Whether the string token reads as this text.</summary>
    internal bool StringEquals(int index, string text)
    {
        if (_tokens[index].IsPlain) return Ascii.Equals(RawAt(index)[1..^1], text);
        // The longest way to write a character is \uXXXX, the shortest is one byte.
        int length = _tokens[index].Length - 2;
        return length >= text.Length && length <= 6 * (long)text.Length
            && string.Equals(StringAt(index), text, StringComparison.Ordinal);
    }

    /// <summary>The value of a string token.</summary>
    public string StringAt(int index)
    {
        ReadOnlySpan<byte> raw = RawAt(index);
        if (_tokens[index].IsPlain) return Encoding.ASCII.GetString(raw[1..^1]);
        var text = new char[raw.Length];
        return new string(text, 0, StringLiteral.Decode(raw, text));
    }

    /// <summary>Decodes a string token into <paramref name="target"/>.</summary>
    /// <param name="index">The token.</param>
    /// <param name="target">At least as many characters as the raw token has bytes.</param>
    /// <returns>How many characters were written.</returns>
    public int DecodeString(int index, Span<char> target)
    {
        ReadOnlySpan<byte> raw = RawAt(index);
        return _tokens[index].IsPlain
            ? Encoding.ASCII.GetChars(raw[1..^1], target)
            : StringLiteral.Decode(raw, target);
    }

    /// <summary>
    /// The value that starts at <paramref name="index"/> as a tree; members keep the order of the input.
    /// </summary>
    public JToken ToJToken(int index)
    {
        using var reader = new QmpJsonReader(this, index);
        return JToken.ReadFrom(reader);
    }

    /// <summary>Gives the pooled bytes back.</summary>
    public void Dispose() => _text.Dispose();

    /// <summary>Whether a string has neither escapes nor anything that output would escape.</summary>
    public bool IsPlain(int index) => _tokens[index].IsPlain;

    /// <summary>The first key of the object that starts at <paramref name="index"/>, or -1 if it is empty.</summary>
    internal int FirstKey(int index) => KindAt(index + 1) == JsonTokenKind.RightBrace ? -1 : index + 1;

    /// <summary>The key that follows <paramref name="key"/> in its object, or -1 behind the last one.</summary>
    /// <remarks>The value is two tokens behind its key; a comma or the closing brace is behind the value.</remarks>
    internal int NextKey(int key)
    {
        int behind = NextOf(key + 2);
        return KindAt(behind) == JsonTokenKind.RightBrace ? -1 : behind + 1;
    }

    internal void SetNext(int index, int next) => _tokens[index].Next = next;

    internal void Add(JsonTokenKind kind, int offset, bool plain)
    {
        if (_count == _tokens.Length) Array.Resize(ref _tokens, 2 * _tokens.Length);
        _tokens[_count++] = new Token
        {
            Offset = offset,
            Length = _text.Length - offset,
            Kind = kind,
            IsPlain = plain,
        };
    }

    internal void Clear()
    {
        _count = 0;
        _text.Clear();
        if (_tokens.Length > KeptTokens) _tokens = new Token[32];
    }
}
