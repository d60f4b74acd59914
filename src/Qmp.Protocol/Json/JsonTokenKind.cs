namespace Qmp.Protocol.Json;

/// <summary>The kinds of tokens.</summary>
public enum JsonTokenKind : byte
{
    /// <summary>No token: more input is needed.</summary>
    None,

    /// <summary><c>{</c></summary>
    LeftBrace,

    /// <summary><c>}</c></summary>
    RightBrace,

    /// <summary><c>[</c></summary>
    LeftBracket,

    /// <summary><c>]</c></summary>
    RightBracket,

    /// <summary><c>:</c></summary>
    Colon,

    /// <summary><c>,</c></summary>
    Comma,

    /// <summary>A number without fraction and exponent, of any size.</summary>
    Integer,

    /// <summary>Any other number.</summary>
    Float,

    /// <summary>A run of lower-case letters; only the parser knows which ones mean something.</summary>
    Keyword,

    /// <summary>A string with its quotes, single or double.</summary>
    String,

    /// <summary>A lexical error; the token's text includes the offending byte.</summary>
    Stray,

    /// <summary>A token that exceeds the size limit.</summary>
    TooLong,
}
