namespace Qapi.Syntax;

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
