namespace Qmp.Protocol.Tests.Support;

/// <summary>How many random bytes to try.</summary>
internal static class FuzzedBytes
{
    /// <summary>A million bytes, or ten where all fuzzing is asked for.</summary>
    public static int Count { get; } = Fuzzing.Count(1_000_000, 10_000_000);
}
