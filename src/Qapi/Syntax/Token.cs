namespace Qapi.Syntax;

/// <summary>A token and where it starts.</summary>
internal readonly struct Token(TokenKind kind, int line, int start, string text = "")
{
    public TokenKind Kind { get; } = kind;

    /// <summary>Counted from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Index into the file's text.</summary>
    public int Start { get; } = start;

    /// <summary>A string's value, or a comment's text from its <c>#</c> on.</summary>
    public string Text { get; } = text;
}

internal enum TokenKind
{
    End,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Colon,
    Comma,
    String,
    True,
    False,

    /// <summary>A line of a documentation comment.</summary>
    Comment,
}
