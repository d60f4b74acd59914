using System.Globalization;

namespace Qmp.Protocol.Tests.Support;

/// <summary>How many random bytes to try: a million, unless the environment asks for more.</summary>
internal static class FuzzedBytes
{
    /// <summary><c>QMP_FUZZ_BYTES</c>; 10000000 takes less than a minute.</summary>
    public static int Count { get; } = int.Parse(
        Environment.GetEnvironmentVariable("QMP_FUZZ_BYTES") ?? "1000000", CultureInfo.InvariantCulture);
}
