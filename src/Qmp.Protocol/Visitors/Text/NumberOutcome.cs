namespace Qmp.Protocol.Visitors.Text;

/// <summary>What came of reading a number from text.</summary>
public enum NumberOutcome
{
    /// <summary>It is one.</summary>
    Valid,

    /// <summary>It is none, or more follows it.</summary>
    Malformed,

    /// <summary>It is one that the type does not hold.</summary>
    OutOfRange,
}
