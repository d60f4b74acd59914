using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qmp.Interop.Emulators;

/// <summary>Opens files past the page cache of the host.</summary>
internal static partial class DirectFile
{
    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private const int WriteOnly = 1; // O_WRONLY

    // O_DIRECT
    private static readonly int Direct = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    /// <summary>A file that exists.</summary>
    /// <exception cref="Win32Exception">It cannot be opened so.</exception>
    public static SafeFileHandle Open(string path, bool writes)
    {
        int number = OpenPath(path, CloseOnExec | Direct | (writes ? WriteOnly : 0));
        return number >= 0
            ? new SafeFileHandle(number, ownsHandle: true)
            : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenPath(string path, int flags);
}
