using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>Memory that is mapped (<c>mmap</c>): pages that nobody has touched cost nothing.</summary>
public static class MemoryMap
{
    private const int ReadWrite = 3; // PROT_READ | PROT_WRITE
    private const int Shared = 1; // MAP_SHARED
    private const int Private = 2; // MAP_PRIVATE
    private const int Anonymous = 0x20; // MAP_ANONYMOUS
    private const int NoReserve = 0x4000; // MAP_NORESERVE
    private const int DontNeed = 4; // MADV_DONTNEED
    private const int Remove = 9; // MADV_REMOVE
    private const int HugePage = 14; // MADV_HUGEPAGE
    private const int PopulateWrite = 23; // MADV_POPULATE_WRITE
    private const nint Failed = -1; // MAP_FAILED

    /// <summary>Maps zeros.</summary>
    /// <param name="length">How many bytes.</param>
    /// <param name="address">Where they are, or 0.</param>
    /// <returns>0, or a negated error number.</returns>
    public static int MapZeros(nuint length, out nint address) =>
        Map(length, Private | Anonymous | NoReserve, -1, out address);

    /// <summary>Maps the beginning of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="shared">Whether what is written reaches the file, and other processes that map it.</param>
    /// <param name="address">Where they are, or 0.</param>
    /// <returns>0, or a negated error number.</returns>
    public static int MapFile(SafeHandle file, nuint length, bool shared, out nint address)
    {
        using var held = new HeldDescriptor(file);
        return Map(length, shared ? Shared : Private, held.Number, out address);
    }

    /// <summary>Gives a range back; whole pages only.</summary>
    public static void Unmap(nint address, nuint length) => _ = LibC.Unmap(address, length);

    /// <summary>Lets a range use huge pages.</summary>
    public static void AdviseHugePages(nint address, nuint length) => _ = LibC.Advise(address, length, HugePage);

    /// <summary>Gives every page of a range memory now.</summary>
    /// <returns>0, or a negated error number.</returns>
    public static int Populate(nint address, nuint length) =>
        LibC.Advise(address, length, PopulateWrite) < 0 ? Errno.Negated : 0;

    /// <summary>Lets go of what whole pages hold, here and, if it is shared, in the file; what is read then is zeros, or what the file holds.</summary>
    /// <remarks>A kind of memory that cannot be let go of stays as it is.</remarks>
    public static void Discard(nint address, nuint length, bool shared) => _ = LibC.Advise(address, length, shared ? Remove : DontNeed);

    private static int Map(nuint length, int flags, int file, out nint address)
    {
        address = LibC.Map(0, length, ReadWrite, flags, file, 0);
        if (address != Failed) return 0;
        address = 0;
        return Errno.Negated;
    }
}
