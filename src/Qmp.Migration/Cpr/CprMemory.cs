using Qmp.Machine.Memory;

namespace Qmp.Migration.Cpr;

/// <summary>Which memory outlives its program.</summary>
internal static class CprMemory
{
    /// <summary>Why the memory cannot be handed over, a reason for each block that would be lost; in QEMU's words.</summary>
    public static IEnumerable<string> Reasons(GuestMemory memory) =>
        from block in memory.Blocks
        where !block.IsShared
        select $"Memory region {block.Id} is not compatible with CPR. share=on is required for memory-backend objects, and aux-ram-share=on is required.";
}
