namespace Qmp.Protocol.Json;

/// <summary>Collects tokens until brackets balance, and checks the syntax of the value.</summary>
/// <remarks>
/// Messages end where their brackets balance, not at line ends. Braces and brackets are counted apart: a value is
/// complete as soon as both counts are 0 or one is negative, so that mismatched brackets cannot swallow a
/// conversation. Errors come one per value, with the texts of the <see cref="JsonDialect"/>.
/// </remarks>
/// <param name="dialect">How errors are told; as QEMU 10.0 does unless given.</param>
public sealed class JsonMessageParser(JsonDialect? dialect = null) : IDisposable
{
    private readonly JsonDialect _dialect = dialect ?? JsonDialect.Qemu10;
    private readonly JsonSyntax _syntax = new(dialect ?? JsonDialect.Qemu10);
    private readonly JsonLexer _lexer = new();
    private JsonMessage _message = new();
    private int _braces;
    private int _brackets;
    private long _tokenBytes;
    private bool _complete;
    private bool _skipping;
    private string? _syntaxError;

    /// <summary>Where the input of the next call begins, in a dialect that tells positions.</summary>
    private TextPosition _position = new();

    /// <summary>The value that was completed last; valid until the next call.</summary>
    public JsonMessage Message => _message;

    /// <summary>What is wrong, after <see cref="JsonParseOutcome.Error"/>.</summary>
    public string? Error { get; private set; }

    private bool IsOpen => (_braces > 0 || _brackets > 0) && _braces >= 0 && _brackets >= 0;

    /// <summary>Takes bytes up to the end of one value or error.</summary>
    /// <param name="input">Bytes as they come.</param>
    /// <param name="consumed">How many were taken; the rest belongs to the next call.</param>
    public JsonParseOutcome Feed(ReadOnlySpan<byte> input, out int consumed)
    {
        if (_complete) Reset();
        int at = 0;
        JsonParseOutcome outcome = JsonParseOutcome.NeedMore;
        while (outcome == JsonParseOutcome.NeedMore)
        {
            JsonTokenKind kind = _lexer.Next(input, ref at, _message.Text);
            if (kind == JsonTokenKind.None) break;
            outcome = Take(kind, input[..at]);
        }

        consumed = at;
        if (_dialect.TellsPositions) _position.MoveBehind(input[..at]);
        return outcome;
    }

    /// <summary>Ends the input: what is there must be a value, or nothing.</summary>
    public JsonParseOutcome Finish()
    {
        if (_complete) Reset();
        JsonTokenKind kind = _lexer.Finish();
        JsonParseOutcome outcome = kind == JsonTokenKind.None ? JsonParseOutcome.NeedMore : Take(kind, []);
        return outcome == JsonParseOutcome.NeedMore && _message.Count > 0 ? Complete() : outcome;
    }

    /// <summary>Hands the completed message over and parses the next one into <paramref name="empty"/>.</summary>
    public JsonMessage Exchange(JsonMessage empty)
    {
        JsonMessage message = _message;
        _message = empty;
        Reset();
        return message;
    }

    /// <summary>Gives the pooled bytes back.</summary>
    public void Dispose() => _message.Dispose();

    /// <summary>Takes note of white space between messages that is not worth a call of <see cref="Feed"/>.</summary>
    internal void Pass(ReadOnlySpan<byte> whiteSpace)
    {
        if (_dialect.TellsPositions) _position.MoveBehind(whiteSpace);
    }

    /// <param name="kind">The token that was found last.</param>
    /// <param name="input">The bytes of this call's input up to the end of the token.</param>
    private JsonParseOutcome Take(JsonTokenKind kind, ReadOnlySpan<byte> input)
    {
        switch (kind)
        {
            case JsonTokenKind.LeftBrace: _braces++; break;
            case JsonTokenKind.RightBrace: _braces--; break;
            case JsonTokenKind.LeftBracket: _brackets++; break;
            case JsonTokenKind.RightBracket: _brackets--; break;
            case JsonTokenKind.Stray: return TakeStray(input);
        }

        if (_skipping) return Skip();
        int length = Math.Max(1, _message.Text.Length - _lexer.TokenStart);
        if (_tokenBytes + length + 1 > JsonLimits.MaxTokenBytes) return Exceed("JSON token size limit exceeded");
        if (_message.Count == JsonLimits.MaxTokens) return Exceed("JSON token count limit exceeded");
        if (_braces + _brackets > JsonLimits.MaxNesting) return Exceed("JSON nesting depth limit exceeded");
        _tokenBytes += length;
        _message.Add(kind, _lexer.TokenStart, kind == JsonTokenKind.String && _lexer.TokenIsPlain);
        if (_syntaxError is null && _syntax.Check(_message) is { } wrong)
        {
            _syntaxError = Describe(wrong, TokenPosition(input));
            if (_dialect.ReportsAtOnce) return Fail(_syntaxError, skip: true);
        }

        return IsOpen ? JsonParseOutcome.NeedMore : Complete();
    }

    private JsonParseOutcome TakeStray(ReadOnlySpan<byte> input)
    {
        if (_skipping)
        {
            Reset();
            return JsonParseOutcome.NeedMore;
        }

        ReadOnlySpan<byte> token = _message.Text.Span[_lexer.TokenStart..];
        return Fail(Describe($"stray '{ModifiedUtf8.ToDisplay(token)}'", TokenPosition(input)), skip: false);
    }

    private JsonParseOutcome Exceed(string error) => Fail(error, _dialect.SkipsBehindLimits);

    private JsonParseOutcome Complete()
    {
        _complete = true;
        Error = _syntaxError ?? (_syntax.IsComplete ? null : Describe("premature EOI", _position));
        return Error is null ? JsonParseOutcome.Message : JsonParseOutcome.Error;
    }

    /// <param name="error">What is wrong.</param>
    /// <param name="skip">Whether nothing is said of the rest of the value.</param>
    private JsonParseOutcome Fail(string error, bool skip)
    {
        _skipping = skip && IsOpen;
        _complete = !_skipping;
        if (_skipping) _message.Clear();
        Error = error;
        return JsonParseOutcome.Error;
    }

    private JsonParseOutcome Skip()
    {
        _message.Clear();
        if (!IsOpen) Reset();
        return JsonParseOutcome.NeedMore;
    }

    private string Describe(string wrong, TextPosition place) => _dialect.TellsPositions
        ? $"{place.Line}:{place.Column}: JSON parse error, {wrong}"
        : $"JSON parse error, {wrong}";

    /// <summary>Where the token begins that ends with <paramref name="input"/>, part of which may have come before.</summary>
    private TextPosition TokenPosition(ReadOnlySpan<byte> input)
    {
        int length = Math.Max(1, _message.Text.Length - _lexer.TokenStart);
        // Only the byte that spoils a token can be a line feed. The bytes before it are all in one line.
        if (input.EndsWith("\n"u8))
        {
            input = input[..^1];
            length--;
        }

        TextPosition place = _position;
        place.MoveBehind(input);
        place.MoveBy(-length);
        if (_dialect.CountsEndsTwice && _lexer.TokenEndedAnother) place.MoveBy(1);
        return place;
    }

    private void Reset()
    {
        _complete = false;
        _skipping = false;
        _braces = 0;
        _brackets = 0;
        _tokenBytes = 0;
        _syntaxError = null;
        Error = null;
        _syntax.Reset();
        _message.Clear();
    }
}
