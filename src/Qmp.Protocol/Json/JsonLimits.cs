namespace Qmp.Protocol.Json;

/// <summary>The dialect's limits on one message.</summary>
public static class JsonLimits
{
    /// <summary>Greatest sum of the bytes of all tokens, white space not counted.</summary>
    public const int MaxTokenBytes = 64 << 20;

    /// <summary>Greatest number of tokens.</summary>
    public const int MaxTokens = 2 << 20;

    /// <summary>Greatest number of open brackets and braces.</summary>
    public const int MaxNesting = 1024;
}
