using Qmp.Devices.Workload;
using Qmp.Interop.Emulators;
using Qmp.Machine.Memory;

namespace Qmp.Interop.Endurance;

/// <summary>What the guests hold: an image, and in its midst what <c>x-workload</c> writes.</summary>
internal sealed class EnduranceGuest(byte[] image)
{
    private const int Start = 16 << 20;
    private const int Set = 4 << 20;

    /// <summary>The size of its memory.</summary>
    public const int MemorySize = 32 << 20;

    /// <summary>What lets it write.</summary>
    public static string[] Words { get; } = ["-device", $"x-workload,addr={Start},working-set={Set},rate=8M"];

    /// <exception cref="InteropException">A write was lost or torn, or something else has changed.</exception>
    public void Require(string where, byte[] memory)
    {
        using var copy = new GuestMemory();
        copy.Map(RamBlock.Anonymous("copy", (ulong)memory.Length), 0);
        copy.WriteAsync(0, memory).AsTask().GetAwaiter().GetResult();
        if (new WorkloadPattern(copy, Start, Set).Verify() is { } problem) throw new InteropException($"{where}: {problem}");
        MemoryImage.Compare($"the lower part of {where}", image.AsSpan(0, Start), memory.AsSpan(0, Start));
        MemoryImage.Compare($"the upper part of {where}", image.AsSpan(Start + Set), memory.AsSpan(Start + Set));
    }
}
