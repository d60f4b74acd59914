using System.Buffers;

namespace Qmp.Protocol.Json;

/// <summary>Cuts bytes into tokens as they come, with QEMU's recovery after a lexical error.</summary>
/// <remarks>
/// The states are those of the grammar, so that a token may be cut anywhere. The text of a token is collected in the
/// message it will belong to. Numbers and keywords are complete only at the byte behind them, which stays unread.
/// </remarks>
internal sealed class JsonLexer
{
    private static readonly SearchValues<byte> NotPlainDouble = SearchValues.Create(NotPlain('"'));
    private static readonly SearchValues<byte> NotPlainSingle = SearchValues.Create(NotPlain('\''));

    private State _state;
    private int _start;
    private byte _quote;
    private bool _plain;
    private bool _nextEndedAnother; // the next byte, which stays unread

    private enum State : byte
    {
        Start,
        Recovery,
        String,
        StringEscape,
        Minus,
        Zero,
        Digits,
        Point,
        Fraction,
        Exponent,
        ExponentSign,
        ExponentDigits,
        Keyword,
    }

    /// <summary>Where the token that was found last starts in the message's text.</summary>
    public int TokenStart => _start;

    /// <summary>Whether the string found last has neither escapes nor anything that output would escape.</summary>
    public bool TokenIsPlain => _plain;

    /// <summary>
    /// Whether the token that was found last begins with the byte at which a number, a keyword or the recovery ended.
    /// </summary>
    public bool TokenEndedAnother { get; private set; }

    /// <summary>Forgets a token that is not complete.</summary>
    public void Reset() => _state = State.Start;

    /// <summary>Finds the next token from <paramref name="at"/> on and moves behind it.</summary>
    /// <returns>The kind; <see cref="JsonTokenKind.None"/> at the end of the input.</returns>
    public JsonTokenKind Next(ReadOnlySpan<byte> input, ref int at, ByteBuffer text)
    {
        while (at < input.Length)
        {
            JsonTokenKind kind = _state switch
            {
                State.Start => Begin(input, ref at, text),
                State.Recovery => Recover(input, ref at),
                State.String => ScanString(input, ref at, text),
                State.Keyword => ScanKeyword(input, ref at, text),
                _ => Step(input[at], ref at, text),
            };
            if (kind != JsonTokenKind.None) return kind;
            if (_state != State.Start && _state != State.Recovery && text.Length - _start > JsonLimits.MaxTokenBytes)
            {
                _state = State.Start;
                return JsonTokenKind.TooLong;
            }
        }

        return JsonTokenKind.None;
    }

    /// <summary>Ends the input: a number or a keyword is complete now, any other beginning is an error.</summary>
    public JsonTokenKind Finish()
    {
        JsonTokenKind kind = _state switch
        {
            State.Start or State.Recovery => JsonTokenKind.None,
            State.Zero or State.Digits => JsonTokenKind.Integer,
            State.Fraction or State.ExponentDigits => JsonTokenKind.Float,
            State.Keyword => JsonTokenKind.Keyword,
            _ => JsonTokenKind.Stray,
        };
        _state = State.Start;
        return kind;
    }

    private static byte[] NotPlain(char quote)
    {
        IEnumerable<int> octets = Enumerable.Range(0, 256);
        return [.. octets.Where(b => b is < 0x20 or >= 0x7F or '"' or '\\' || b == quote).Select(b => (byte)b)];
    }

    private JsonTokenKind Begin(ReadOnlySpan<byte> input, ref int at, ByteBuffer text)
    {
        byte first = input[at];
        bool endedAnother = _nextEndedAnother;
        _nextEndedAnother = false;
        while (first is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            endedAnother = false;
            if (++at == input.Length) return JsonTokenKind.None;
            first = input[at];
        }

        TokenEndedAnother = endedAnother;
        _start = text.Length;
        switch (first)
        {
            case (byte)'{': at++; return JsonTokenKind.LeftBrace;
            case (byte)'}': at++; return JsonTokenKind.RightBrace;
            case (byte)'[': at++; return JsonTokenKind.LeftBracket;
            case (byte)']': at++; return JsonTokenKind.RightBracket;
            case (byte)':': at++; return JsonTokenKind.Colon;
            case (byte)',': at++; return JsonTokenKind.Comma;
            case (byte)'"' or (byte)'\'': return BeginString(input, ref at, text);
            case (byte)'-': return Accept(State.Minus, first, ref at, text);
            case (byte)'0': return Accept(State.Zero, first, ref at, text);
            case >= (byte)'1' and <= (byte)'9': return Accept(State.Digits, first, ref at, text);
            case >= (byte)'a' and <= (byte)'z': return Accept(State.Keyword, first, ref at, text);
            default: return Fail(first, ref at, text);
        }
    }

    private JsonTokenKind BeginString(ReadOnlySpan<byte> input, ref int at, ByteBuffer text)
    {
        _quote = input[at];
        _plain = true;
        // Nearly every string is short, plain and wholly there.
        ReadOnlySpan<byte> rest = input[(at + 1)..];
        int end = rest.IndexOfAny(_quote == '"' ? NotPlainDouble : NotPlainSingle);
        if (end >= 0 && rest[end] == _quote && end < JsonLimits.MaxTokenBytes)
        {
            text.Append(input.Slice(at, end + 2));
            at += end + 2;
            return JsonTokenKind.String;
        }

        return Accept(State.String, _quote, ref at, text);
    }

    private JsonTokenKind ScanString(ReadOnlySpan<byte> input, ref int at, ByteBuffer text)
    {
        ReadOnlySpan<byte> rest = input[at..];
        int room = JsonLimits.MaxTokenBytes + 1 - (text.Length - _start);
        if (rest.Length > room) rest = rest[..room];
        int end = rest.IndexOfAny(_quote == '"' ? NotPlainDouble : NotPlainSingle);
        if (end != 0)
        {
            int run = end < 0 ? rest.Length : end;
            text.Append(rest[..run]);
            at += run;
            return JsonTokenKind.None;
        }

        byte next = rest[0];
        if (next == _quote)
        {
            text.Append(next);
            at++;
            _state = State.Start;
            return JsonTokenKind.String;
        }

        _plain = false;
        if (next is < 0x20 or >= 0xFE) return Fail(next, ref at, text);
        return Accept(next == '\\' ? State.StringEscape : State.String, next, ref at, text);
    }

    private JsonTokenKind ScanKeyword(ReadOnlySpan<byte> input, ref int at, ByteBuffer text)
    {
        ReadOnlySpan<byte> rest = input[at..];
        int room = JsonLimits.MaxTokenBytes + 1 - (text.Length - _start);
        if (rest.Length > room) rest = rest[..room];
        int end = rest.IndexOfAnyExceptInRange((byte)'a', (byte)'z');
        int run = end < 0 ? rest.Length : end;
        text.Append(rest[..run]);
        at += run;
        return end < 0 ? JsonTokenKind.None : Complete(JsonTokenKind.Keyword);
    }

    private JsonTokenKind Step(byte next, ref int at, ByteBuffer text)
    {
        bool digit = next is >= (byte)'0' and <= (byte)'9';
        bool exponent = next is (byte)'e' or (byte)'E';
        switch (_state)
        {
            case State.StringEscape when next is >= 0x20 and < 0xFE:
                return Accept(State.String, next, ref at, text);
            case State.Minus when next == '0':
                return Accept(State.Zero, next, ref at, text);
            case State.Minus when digit:
                return Accept(State.Digits, next, ref at, text);
            case State.Zero or State.Digits when next == '.':
                return Accept(State.Point, next, ref at, text);
            // An exponent needs a first digit other than 0: 0e0 is the integer 0 and a word.
            case State.Digits or State.Fraction when exponent:
                return Accept(State.Exponent, next, ref at, text);
            case State.Digits when digit:
                return Accept(State.Digits, next, ref at, text);
            case State.Zero when !digit:
            case State.Digits:
                return Complete(JsonTokenKind.Integer);
            case State.Point or State.Fraction when digit:
                return Accept(State.Fraction, next, ref at, text);
            case State.Exponent when next is (byte)'+' or (byte)'-':
                return Accept(State.ExponentSign, next, ref at, text);
            case State.Exponent or State.ExponentSign or State.ExponentDigits when digit:
                return Accept(State.ExponentDigits, next, ref at, text);
            case State.Fraction or State.ExponentDigits:
                return Complete(JsonTokenKind.Float);
            default:
                return Fail(next, ref at, text);
        }
    }

    /// <summary>Skips to what promises a new beginning; that byte stays unread.</summary>
    private JsonTokenKind Recover(ReadOnlySpan<byte> input, ref int at)
    {
        for (; at < input.Length; at++)
        {
            if (input[at] is (< 0x20 and not (byte)'\t') or >= 0xFE
                or (byte)'{' or (byte)'}' or (byte)'[' or (byte)']' or (byte)':' or (byte)',')
            {
                _state = State.Start;
                _nextEndedAnother = true;
                break;
            }
        }

        return JsonTokenKind.None;
    }

    private JsonTokenKind Accept(State state, byte octet, ref int at, ByteBuffer text)
    {
        text.Append(octet);
        at++;
        _state = state;
        return JsonTokenKind.None;
    }

    private JsonTokenKind Complete(JsonTokenKind kind)
    {
        _state = State.Start;
        _nextEndedAnother = true;
        return kind;
    }

    private JsonTokenKind Fail(byte octet, ref int at, ByteBuffer text)
    {
        text.Append(octet);
        at++;
        _state = State.Recovery;
        return JsonTokenKind.Stray;
    }
}
