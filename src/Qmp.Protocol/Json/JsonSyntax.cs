namespace Qmp.Protocol.Json;

/// <summary>Checks one balanced list of tokens and notes where its values end.</summary>
/// <remarks>
/// Recursion is bounded by <see cref="JsonLimits.MaxNesting"/>: it never goes past a mismatched bracket.
/// </remarks>
internal ref struct JsonSyntax(JsonMessage message)
{
    /// <summary>Objects with more members than this find duplicate keys by hashing.</summary>
    private const int FewMembers = 16;

    private readonly JsonMessage _message = message;
    private int _at;
    private string? _error;

    /// <summary>The first thing that is wrong, as QEMU words it, or <see langword="null"/>.</summary>
    public string? Check() => Value() ? null : $"JSON parse error, {_error}";

    private bool Value()
    {
        if (_at == _message.Count) return Fail("premature EOI");
        int start = _at;
        switch (_message.KindAt(start))
        {
            case JsonTokenKind.LeftBrace:
                if (!Object()) return false;
                break;
            case JsonTokenKind.LeftBracket:
                if (!Array()) return false;
                break;
            case JsonTokenKind.Integer or JsonTokenKind.Float:
                break;
            case JsonTokenKind.String:
                if (_message.IsPlain(start) || StringLiteral.Check(_message.RawAt(start)) is not { } wrong) break;
                return Fail(wrong);
            case JsonTokenKind.Keyword:
                if (IsKeyword(_message.RawAt(start))) break;
                return Fail($"invalid keyword '{ModifiedUtf8.ToDisplay(_message.RawAt(start))}'");
            default:
                return Fail("expecting value");
        }

        _message.SetNext(start, ++_at);
        return true;
    }

    private static bool IsKeyword(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("true"u8) || word.SequenceEqual("false"u8) || word.SequenceEqual("null"u8);

    /// <summary>Stops at the closing brace.</summary>
    private bool Object()
    {
        int start = _at++;
        if (_at < _message.Count && _message.KindAt(_at) == JsonTokenKind.RightBrace) return true;
        HashSet<string>? keys = null;
        for (int members = 1; ; members++)
        {
            int key = _at;
            if (!Value()) return false;
            if (_message.KindAt(key) != JsonTokenKind.String) return Fail("key is not a string in object");
            if (_at == _message.Count) return Fail("premature EOI");
            if (_message.KindAt(_at++) != JsonTokenKind.Colon) return Fail("missing : in object pair");
            if (!Value()) return false;
            if (IsDuplicate(start, key, members, ref keys)) return Fail("duplicate key");
            if (_at == _message.Count) return Fail("premature EOI");
            JsonTokenKind separator = _message.KindAt(_at);
            if (separator == JsonTokenKind.RightBrace) return true;
            if (separator != JsonTokenKind.Comma) return Fail("expected separator in dict");
            _at++;
        }
    }

    /// <summary>Stops at the closing bracket.</summary>
    private bool Array()
    {
        _at++;
        if (_at < _message.Count && _message.KindAt(_at) == JsonTokenKind.RightBracket) return true;
        while (true)
        {
            if (!Value()) return false;
            if (_at == _message.Count) return Fail("premature EOI");
            JsonTokenKind separator = _message.KindAt(_at);
            if (separator == JsonTokenKind.RightBracket) return true;
            if (separator != JsonTokenKind.Comma) return Fail("expected separator in list");
            _at++;
        }
    }

    private readonly bool IsDuplicate(int start, int key, int members, ref HashSet<string>? keys)
    {
        if (members > FewMembers)
        {
            if (keys is null)
            {
                keys = new HashSet<string>(StringComparer.Ordinal);
                for (int other = start + 1; other < key; other = NextKey(other)) keys.Add(_message.StringAt(other));
            }

            return !keys.Add(_message.StringAt(key));
        }

        for (int other = start + 1; other < key; other = NextKey(other))
        {
            if (SameString(other, key)) return true;
        }

        return false;
    }

    /// <summary>From one key over colon, value and comma to the next.</summary>
    private readonly int NextKey(int key) => _message.NextOf(key + 2) + 1;

    private readonly bool SameString(int a, int b) =>
        _message.IsPlain(a) && _message.IsPlain(b)
            ? _message.RawAt(a)[1..^1].SequenceEqual(_message.RawAt(b)[1..^1])
            : string.Equals(_message.StringAt(a), _message.StringAt(b), StringComparison.Ordinal);

    private bool Fail(string error)
    {
        _error = error;
        return false;
    }
}
