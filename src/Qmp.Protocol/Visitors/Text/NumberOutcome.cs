namespace Qmp.Protocol.Visitors.Text;

/// <summary>What came of reading a number from text.</summary>
public enum NumberOutcome
{
    /// <summary>It is one.</summary>
    Valid,

    /// <summary>The text is not a number, or something follows the number.</summary>
    Malformed,

    /// <summary>It is one that the type does not hold.</summary>
    OutOfRange,
}
