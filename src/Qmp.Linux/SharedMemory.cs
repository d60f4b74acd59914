using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>Memory in a file without a path (<c>memfd_create</c>), which whoever has its descriptor can map.</summary>
public static class SharedMemory
{
    private const uint CloseOnExec = 1; // MFD_CLOEXEC
    private const uint AllowSealing = 2; // MFD_ALLOW_SEALING
    private const int AddSeals = 1033; // F_ADD_SEALS
    private const int SizeSeals = 1 | 2 | 4; // F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW

    /// <summary>Makes zeros.</summary>
    /// <param name="name">What the system's lists show.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="sealsSize">Whether the length can never be changed.</param>
    /// <param name="error">The negated number, or 0.</param>
    /// <returns>The descriptor, or <see langword="null"/> with the error.</returns>
    public static DescriptorHandle? Create(string name, ulong length, bool sealsSize, out int error)
    {
        int descriptor = LibC.CreateMemory(name, CloseOnExec | (sealsSize ? AllowSealing : 0));
        error = descriptor < 0 ? Errno.Negated : 0;
        if (descriptor < 0) return null;
        var memory = new DescriptorHandle(descriptor, ownsHandle: true);
        if (LibC.Truncate(memory, checked((long)length)) == 0 && (!sealsSize || LibC.Control(memory, AddSeals, SizeSeals) == 0)) return memory;
        error = Errno.Negated;
        memory.Dispose();
        return null;
    }

    /// <summary>The descriptor again, with another number.</summary>
    /// <returns>The descriptor, or <see langword="null"/> where no numbers are left.</returns>
    public static DescriptorHandle? Duplicate(SafeHandle memory) =>
        Files.Duplicate(memory) is >= 0 and var number ? new DescriptorHandle(number, ownsHandle: true) : null;
}
