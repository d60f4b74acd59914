namespace Qmp.Protocol.Json;

/// <summary>Checks the tokens of a message one by one as they are added, and notes where its values end.</summary>
/// <remarks>
/// It never goes past a mismatched bracket, so the number of open values is bounded by
/// <see cref="JsonLimits.MaxNesting"/>.
/// </remarks>
internal sealed class JsonSyntax(JsonDialect dialect)
{
    /// <summary>Objects with more members than this find duplicate keys by hashing.</summary>
    private const int FewMembers = 16;

    private const int NoKey = -1;

    private Container[] _open = new Container[16];
    private int _depth;
    private Place _place;

    /// <summary>What may come next.</summary>
    private enum Place : byte
    {
        Value,
        FirstElement,
        FirstKey,
        Key,
        Colon,
        BehindElement,
        BehindMember,
        End,
    }

    private struct Container
    {
        /// <summary>Its opening token.</summary>
        public int Start;

        /// <summary>The key of the member that is being read, or <see cref="NoKey"/>.</summary>
        public int Key;

        /// <summary>How many members have a value.</summary>
        public int Members;

        public bool IsObject;

        public HashSet<string>? Keys;
    }

    /// <summary>Whether the tokens are one whole value.</summary>
    public bool IsComplete => _place == Place.End;

    /// <summary>Begins a new value.</summary>
    public void Reset()
    {
        if (_depth > 0) Array.Clear(_open, 0, _depth);
        _depth = 0;
        _place = Place.Value;
    }

    /// <summary>Checks the last token of a message whose other tokens were found right.</summary>
    /// <returns>What is wrong with it, as QEMU words it, or <see langword="null"/>.</returns>
    public string? Check(JsonMessage message)
    {
        int index = message.Count - 1;
        JsonTokenKind kind = message.KindAt(index);
        switch (_place)
        {
            case Place.Colon:
                if (kind != JsonTokenKind.Colon) return dialect.ColonExpected;
                _place = Place.Value;
                return null;
            case Place.BehindMember:
                if (kind == JsonTokenKind.RightBrace) return Close(message, index);
                if (kind != JsonTokenKind.Comma) return dialect.ObjectSeparatorExpected;
                _place = Place.Key;
                return null;
            case Place.BehindElement:
                if (kind == JsonTokenKind.RightBracket) return Close(message, index);
                if (kind != JsonTokenKind.Comma) return dialect.ArraySeparatorExpected;
                _place = Place.Value;
                return null;
            case Place.FirstKey when kind == JsonTokenKind.RightBrace:
            case Place.FirstElement when kind == JsonTokenKind.RightBracket:
                return Close(message, index);
            case Place.FirstKey or Place.Key when dialect.ChecksKeysFirst && kind != JsonTokenKind.String:
                return dialect.KeyExpected;
            default:
                return BeginValue(message, index, kind);
        }
    }

    private static bool IsKeyword(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("true"u8) || word.SequenceEqual("false"u8) || word.SequenceEqual("null"u8);

    private string? BeginValue(JsonMessage message, int index, JsonTokenKind kind)
    {
        switch (kind)
        {
            case JsonTokenKind.LeftBrace:
                Open(index, isObject: true);
                return null;
            case JsonTokenKind.LeftBracket:
                Open(index, isObject: false);
                return null;
            case JsonTokenKind.Integer or JsonTokenKind.Float:
                break;
            case JsonTokenKind.String:
                if (!message.IsPlain(index) && StringLiteral.Check(message.RawAt(index)) is { } wrong) return wrong;
                break;
            case JsonTokenKind.Keyword:
                if (IsKeyword(message.RawAt(index))) break;
                return $"invalid keyword '{ModifiedUtf8.ToDisplay(message.RawAt(index))}'";
            default:
                return dialect.ValueExpected;
        }

        return EndValue(message, index, index);
    }

    private void Open(int start, bool isObject)
    {
        if (_depth == _open.Length) Array.Resize(ref _open, 2 * _depth);
        _open[_depth++] = new Container { Start = start, Key = NoKey, IsObject = isObject };
        _place = isObject ? Place.FirstKey : Place.FirstElement;
    }

    private string? Close(JsonMessage message, int index)
    {
        ref Container closed = ref _open[--_depth];
        closed.Keys = null;
        return EndValue(message, closed.Start, index);
    }

    /// <summary>Notes the end of a value, and checks the member it belongs to.</summary>
    private string? EndValue(JsonMessage message, int start, int end)
    {
        message.SetNext(start, end + 1);
        if (_depth == 0)
        {
            _place = Place.End;
            return null;
        }

        ref Container container = ref _open[_depth - 1];
        if (!container.IsObject)
        {
            _place = Place.BehindElement;
            return null;
        }

        if (container.Key == NoKey)
        {
            if (message.KindAt(start) != JsonTokenKind.String) return dialect.KeyExpected;
            container.Key = start;
            _place = Place.Colon;
            return null;
        }

        container.Members++;
        if (IsDuplicate(message, ref container)) return "duplicate key";
        container.Key = NoKey;
        _place = Place.BehindMember;
        return null;
    }

    private static bool IsDuplicate(JsonMessage message, ref Container container)
    {
        int key = container.Key;
        if (container.Members > FewMembers)
        {
            if (container.Keys is null)
            {
                container.Keys = new HashSet<string>(StringComparer.Ordinal);
                for (int other = container.Start + 1; other < key; other = NextKey(message, other))
                {
                    container.Keys.Add(message.StringAt(other));
                }
            }

            return !container.Keys.Add(message.StringAt(key));
        }

        for (int other = container.Start + 1; other < key; other = NextKey(message, other))
        {
            if (SameString(message, other, key)) return true;
        }

        return false;
    }

    /// <summary>From one key over colon, value and comma to the next.</summary>
    private static int NextKey(JsonMessage message, int key) => message.NextOf(key + 2) + 1;

    private static bool SameString(JsonMessage message, int a, int b) =>
        message.IsPlain(a) && message.IsPlain(b)
            ? message.RawAt(a)[1..^1].SequenceEqual(message.RawAt(b)[1..^1])
            : string.Equals(message.StringAt(a), message.StringAt(b), StringComparison.Ordinal);
}
