namespace Qmp.Protocol.Json;

/// <summary>How one generation of QEMU words and places what is wrong with JSON.</summary>
/// <remarks>
/// All generations take the same texts for JSON and read the same values from them. What differs between them is here
/// alone: a further generation is one more value of this type.
/// </remarks>
public sealed record JsonDialect
{
    /// <summary>QEMU 10.0: an error is told at the end of its value, without a place.</summary>
    public static JsonDialect Qemu10 { get; } = new()
    {
        KeyExpected = "key is not a string in object",
        ColonExpected = "missing : in object pair",
        ObjectSeparatorExpected = "expected separator in dict",
        ArraySeparatorExpected = "expected separator in list",
    };

    /// <summary>QEMU 11.1: an error is told at once, with line and column, and the rest of its value skipped.</summary>
    public static JsonDialect Qemu11 { get; } = new()
    {
        KeyExpected = "expecting key",
        ColonExpected = "expecting ':'",
        ObjectSeparatorExpected = "expected ',' or '}'",
        ArraySeparatorExpected = "expected ',' or ']'",
        ChecksKeysFirst = true,
        ReportsAtOnce = true,
        SkipsBehindLimits = true,
        TellsPositions = true,
        CountsEndsTwice = true,
    };

    /// <summary>What is said of a token that cannot begin a value.</summary>
    public string ValueExpected { get; init; } = "expecting value";

    /// <summary>What is said of a key that is no string.</summary>
    public required string KeyExpected { get; init; }

    /// <summary>What is said of a token that stands where a colon must be.</summary>
    public required string ColonExpected { get; init; }

    /// <summary>What is said of a token behind a member of an object that is neither comma nor brace.</summary>
    public required string ObjectSeparatorExpected { get; init; }

    /// <summary>What is said of a token behind an element of an array that is neither comma nor bracket.</summary>
    public required string ArraySeparatorExpected { get; init; }

    /// <summary>
    /// Whether the first token of a key is checked to be a string; otherwise a whole value is read in the key's
    /// place, and complained of if it is no string.
    /// </summary>
    public bool ChecksKeysFirst { get; init; }

    /// <summary>
    /// Whether a wrong token is reported as soon as it is complete, and all that follows is skipped until the brackets
    /// balance; otherwise the error is reported when they balance.
    /// </summary>
    public bool ReportsAtOnce { get; init; }

    /// <summary>
    /// Whether the rest of a value that exceeds a limit (<see cref="JsonLimits"/>) is skipped until its brackets
    /// balance; otherwise it is parsed as new input.
    /// </summary>
    public bool SkipsBehindLimits { get; init; }

    /// <summary>
    /// Whether errors begin with <c>LINE:COLUMN: </c>, the place of the token's first byte. Both count from 1 over all
    /// the input, lines by line feeds and columns by bytes. Errors about limits have no place.
    /// </summary>
    public bool TellsPositions { get; init; }

    /// <summary>
    /// Whether a byte at which a number, a keyword or the skipping after a lexical error ended is counted twice in the
    /// column of the token that begins with it, though not in those behind: <c>1]</c> is wrong in column 3.
    /// </summary>
    public bool CountsEndsTwice { get; init; }
}
