using Qmp.Devices.Workload;
using Qmp.Devices.Workload.Model;
using Qmp.Machine.Memory;

namespace Qmp.Simulation.Guests;

/// <summary>Compares the memory of a guest that has moved with what it left behind.</summary>
internal static class MovedMemory
{
    private const int Page = RamBlock.PageSize;

    /// <summary>Finds what did not arrive: pages that are not as they were, and that the guest has not written since.</summary>
    /// <param name="source">What it left behind.</param>
    /// <param name="destination">Where it is.</param>
    /// <param name="programs">The guest's programs.</param>
    /// <param name="workloads">The guest's workloads of devices, which have their own proof.</param>
    /// <returns>The first thing that is wrong, or <see langword="null"/>.</returns>
    public static string? FindDamage(
        GuestMemory source, GuestMemory destination, IReadOnlyList<ModelProgram> programs, IReadOnlyList<WorkloadGuest> workloads)
    {
        foreach ((ulong start, RamBlock block) in source.Visible)
        {
            RamBlock other = destination.Find(block.Id)!;
            var changed = new PageBitmap(block.Pages);
            foreach (PageBitmap touched in programs.Select(p => p.Touched).OfType<PageBitmap>())
            {
                for (int i = 0; i < changed.Words.Length; i++) changed.Words[i] |= touched.Words[i];
            }

            foreach (WorkloadGuest guest in workloads) changed.SetRange((guest.Offset - (long)start) / Page, guest.Reach / Page);
            long page = block.Counted is { } counted ? counted.FirstDifference(other.Counted!, changed) : FirstDifference(block, other, changed);
            if (page >= 0) return $"byte 0x{start + ((ulong)page * Page):x} is not what it was";
        }

        return null;
    }

    private static long FirstDifference(RamBlock block, RamBlock other, PageBitmap changed)
    {
        for (long page = 0; page < block.Pages; page++)
        {
            ulong at = (ulong)page * Page;
            if (!changed[page] && !block.Peek(at, Page).SequenceEqual(other.Peek(at, Page))) return page;
        }

        return -1;
    }
}
