namespace Qmp.Linux;

/// <summary>How much of the process's table of descriptors others may fill.</summary>
/// <remarks>
/// The runtime cannot start a thread without two free descriptors, nor load code without one, and ends the process
/// where it must. So the last ones are kept for it: descriptors that a peer passes are taken only below them.
/// </remarks>
public static class DescriptorTable
{
    private const int Descriptors = 7; // RLIMIT_NOFILE
    private const ulong SmallestReserve = 4;
    private const ulong LargestReserve = 16;
    private const ulong ReservePart = 16;

    /// <summary>Whether a new descriptor of that number leaves room behind it. The system gives out the lowest free one.</summary>
    public static bool LeavesRoom(int descriptor)
    {
        if (LibC.GetLimit(Descriptors, out LibC.Limit limit) < 0) return true;
        ulong reserve = Math.Clamp(limit.Soft / ReservePart, SmallestReserve, LargestReserve);
        return (ulong)descriptor + reserve < limit.Soft;
    }
}
