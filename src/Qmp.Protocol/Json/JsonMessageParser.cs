namespace Qmp.Protocol.Json;

/// <summary>Collects tokens until brackets balance, then checks the syntax of the value.</summary>
/// <remarks>
/// Messages end where their brackets balance, not at line ends. Braces and brackets are counted apart: a value is
/// complete as soon as both counts are 0 or one is negative, so that mismatched brackets cannot swallow a
/// conversation. Errors come one per value, with QEMU's texts.
/// </remarks>
public sealed class JsonMessageParser : IDisposable
{
    private readonly JsonLexer _lexer = new();
    private JsonMessage _message = new();
    private int _braces;
    private int _brackets;
    private long _tokenBytes;
    private bool _complete;

    /// <summary>The value that was completed last; valid until the next call.</summary>
    public JsonMessage Message => _message;

    /// <summary>What is wrong, after <see cref="JsonParseOutcome.Error"/>.</summary>
    public string? Error { get; private set; }

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
            outcome = Take(kind);
        }

        consumed = at;
        return outcome;
    }

    /// <summary>Ends the input: what is there must be a value, or nothing.</summary>
    public JsonParseOutcome Finish()
    {
        if (_complete) Reset();
        JsonTokenKind kind = _lexer.Finish();
        JsonParseOutcome outcome = kind == JsonTokenKind.None ? JsonParseOutcome.NeedMore : Take(kind);
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

    private JsonParseOutcome Take(JsonTokenKind kind)
    {
        switch (kind)
        {
            case JsonTokenKind.LeftBrace: _braces++; break;
            case JsonTokenKind.RightBrace: _braces--; break;
            case JsonTokenKind.LeftBracket: _brackets++; break;
            case JsonTokenKind.RightBracket: _brackets--; break;
            case JsonTokenKind.Stray:
                return Fail(
                    $"JSON parse error, stray '{ModifiedUtf8.ToDisplay(_message.Text.Span[_lexer.TokenStart..])}'");
        }

        int length = Math.Max(1, _message.Text.Length - _lexer.TokenStart);
        if (_tokenBytes + length + 1 > JsonLimits.MaxTokenBytes) return Fail("JSON token size limit exceeded");
        if (_message.Count == JsonLimits.MaxTokens) return Fail("JSON token count limit exceeded");
        if (_braces + _brackets > JsonLimits.MaxNesting) return Fail("JSON nesting depth limit exceeded");
        _tokenBytes += length;
        _message.Add(kind, _lexer.TokenStart, kind == JsonTokenKind.String && _lexer.TokenIsPlain);
        bool open = (_braces > 0 || _brackets > 0) && _braces >= 0 && _brackets >= 0;
        return open ? JsonParseOutcome.NeedMore : Complete();
    }

    private JsonParseOutcome Complete()
    {
        _complete = true;
        Error = new JsonSyntax(_message).Check();
        return Error is null ? JsonParseOutcome.Message : JsonParseOutcome.Error;
    }

    private JsonParseOutcome Fail(string error)
    {
        _complete = true;
        Error = error;
        return JsonParseOutcome.Error;
    }

    private void Reset()
    {
        _complete = false;
        _braces = 0;
        _brackets = 0;
        _tokenBytes = 0;
        Error = null;
        _message.Clear();
    }
}
