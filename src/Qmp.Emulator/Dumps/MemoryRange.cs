using Qmp.Machine.Memory;

namespace Qmp.Emulator.Dumps;

/// <summary>A range of guest-physical memory, all of it there.</summary>
/// <param name="Start">Its first address.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct MemoryRange(ulong Start, ulong Length)
{
    /// <summary>The memory that the guest sees, by address; or what of it lies between two addresses.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="begin">The first address that counts.</param>
    /// <param name="end">The address behind the last that counts.</param>
    public static MemoryRange[] Of(GuestMemory memory, ulong begin = 0, ulong end = ulong.MaxValue) =>
    [
        .. from visible in memory.Visible
           let first = Math.Max(visible.Start, begin)
           let behind = Math.Min(visible.Start + visible.Block.Length, end)
           where first < behind
           orderby first
           select new MemoryRange(first, behind - first),
    ];
}
