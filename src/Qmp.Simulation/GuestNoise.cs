using Qmp.Devices.Workload;
using Qmp.Machine.Memory;
using Qmp.Simulation.Guests;

namespace Qmp.Simulation;

/// <summary>What a scenario puts into guest memory, so that all of it can be checked afterwards.</summary>
internal static class GuestNoise
{
    private const int Page = RamBlock.PageSize;

    /// <summary>Looks at all of a stopped guest's memory.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="noise">Bytes that were filled.</param>
    /// <param name="guests">Who wrote to it since; of both ends, because a guest's history is at the other one.</param>
    /// <param name="here">Those of them whose pattern is in this memory.</param>
    /// <returns>The first thing that is wrong, or <see langword="null"/>.</returns>
    public static string? FindDamage(
        GuestMemory memory, ulong noise, IReadOnlyList<WorkloadGuest> guests, IReadOnlyList<WorkloadGuest> here)
    {
        foreach (WorkloadGuest guest in here)
        {
            if (guest.Verify() is { } damage) return damage;
        }

        byte[] found = new byte[Page];
        byte[] expected = new byte[Page];
        ulong size = memory.TotalLength;
        ulong first = FirstPage(size, noise);
        for (ulong at = 0; at < size; at += Page)
        {
            if (guests.Any(g => at >= (ulong)g.Offset && at < (ulong)(g.Offset + g.Reach))) continue;
            memory.Peek(at, found);
            if (at >= first) PageContent.Make(GuestContents.Noise, (long)(at / Page), expected);
            int same = found.AsSpan().CommonPrefixLength(expected);
            if (same < Page) return $"byte 0x{at + (ulong)same:x} is not what it was";
        }

        return null;
    }

    private static ulong FirstPage(ulong size, ulong noise) => (size - Math.Min(size, noise)) / Page * Page;
}
