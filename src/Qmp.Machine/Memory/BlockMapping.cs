using Qmp.Linux;

namespace Qmp.Machine.Memory;

/// <summary>How the memory of blocks is got from the host.</summary>
internal static unsafe class BlockMapping
{
    private const nuint HugePageSize = 2 << 20;

    /// <summary>Maps zeros, aligned to huge pages, so that the kernel can use them: on first touch they cost a fraction of small ones.</summary>
    /// <returns>0, or a negated error number.</returns>
    public static int MapZeros(nuint length, out nint address)
    {
        if (length < HugePageSize) return MemoryMap.MapZeros(length, out address);
        int error = MemoryMap.MapZeros(length + HugePageSize, out nint mapped);
        address = (mapped + (nint)HugePageSize - 1) & -(nint)HugePageSize;
        if (error < 0) return error;
        nuint before = (nuint)(address - mapped);
        if (before > 0) MemoryMap.Unmap(mapped, before);
        MemoryMap.Unmap(address + (nint)length, HugePageSize - before);
        MemoryMap.AdviseHugePages(address, length); // a kernel without them maps small ones
        return 0;
    }

    /// <summary>Gives every page memory now.</summary>
    public static void Preallocate(nint address, ulong length)
    {
        if (MemoryMap.Populate(address, (nuint)length) == 0) return;

        // Kernels before 5.14 lack the advice: touch every page, keeping what a file holds.
        for (ulong offset = 0; offset < length; offset += RamBlock.PageSize)
        {
            byte* page = (byte*)address + offset;
            Volatile.Write(ref *page, Volatile.Read(ref *page));
        }
    }
}
