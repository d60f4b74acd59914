using System.Runtime.InteropServices;

namespace Qmp.Emulator.Files;

/// <summary>Tells the descriptors that the process was started with from those that it has opened itself.</summary>
/// <remarks>
/// Whatever is inherited came through <c>exec</c>, so it is not marked to be closed there; all that the runtime and
/// this program open is marked. QEMU goes by the same mark.
/// </remarks>
internal static partial class InheritedDescriptors
{
    private const int GetDescriptorFlags = 1; // F_GETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC

    /// <summary>Whether it is open, and was so when the process began.</summary>
    public static bool Contains(int descriptor) =>
        Control(descriptor, GetDescriptorFlags, 0) is var flags and >= 0 && (flags & CloseOnExec) == 0;

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);
}
