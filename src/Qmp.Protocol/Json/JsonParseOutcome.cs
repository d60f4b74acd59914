namespace Qmp.Protocol.Json;

/// <summary>What feeding bytes to a parser led to.</summary>
public enum JsonParseOutcome
{
    /// <summary>All input was taken and no value is complete.</summary>
    NeedMore,

    /// <summary>A value is complete.</summary>
    Message,

    /// <summary>The input is not JSON; parsing continues behind the error.</summary>
    Error,
}
