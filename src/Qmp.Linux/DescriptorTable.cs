using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>How much of the process's table of descriptors others may fill.</summary>
/// <remarks>
/// The runtime cannot start a thread without two free descriptors, nor load code without one, and ends the process
/// where it must. So the last ones are kept for it: descriptors that a peer passes are taken only below them, and a
/// client that connects waits.
/// </remarks>
public static class DescriptorTable
{
    private const int Descriptors = 7; // RLIMIT_NOFILE
    private const ulong SmallestReserve = 3;
    private const ulong LargestReserve = 16;
    private const ulong ReservePart = 16;

    /// <summary>
    /// Whether a descriptor of that number, which a peer has passed, leaves room behind it. The system gives out the
    /// lowest free one.
    /// </summary>
    public static bool LeavesRoom(int descriptor) =>
        LibC.GetLimit(Descriptors, out LibC.Limit limit) < 0
        || (ulong)descriptor + Math.Clamp(limit.Soft / ReservePart, SmallestReserve, LargestReserve) < limit.Soft;

    /// <summary>Whether one more descriptor, such as a client's, leaves the process enough to start a thread.</summary>
    /// <param name="any">A descriptor to try that with.</param>
    public static bool HasRoom(SafeHandle any)
    {
        if (LibC.GetLimit(Descriptors, out LibC.Limit limit) < 0) return true;
        int next = Files.Duplicate(any);
        if (next < 0) return false;
        Files.Close(next);
        return (ulong)next + SmallestReserve < limit.Soft;
    }
}
