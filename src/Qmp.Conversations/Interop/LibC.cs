using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qmp.Conversations.Interop;

/// <summary>The few system calls that .NET does not offer (Linux, 64 bit).</summary>
internal static unsafe partial class LibC
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int PassRights = 1; // SCM_RIGHTS
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int ReadNonBlocking = 0x800; // O_RDONLY | O_NONBLOCK
    private const uint OwnerOnly = 0x180; // 0600
    private const int SignalKill = 9;
    private const int SignalTerminate = 15;

    /// <summary>Makes a FIFO.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void MakeFifo(string path)
    {
        if (MakeFifo(path, OwnerOnly) < 0) throw LastError(path);
    }

    /// <summary>Opens a FIFO for reading without waiting for a writer.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle OpenFifo(string path)
    {
        int descriptor = Open(path, ReadNonBlocking);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw LastError(path);
    }

    /// <summary>Kills a process and what it has started: its whole process group.</summary>
    public static void KillGroup(int process) => _ = Kill(-process, SignalKill);

    /// <summary>Sends SIGTERM.</summary>
    public static void Terminate(int process) => _ = Kill(process, SignalTerminate);

    /// <summary>Sends bytes and passes descriptors along with them.</summary>
    /// <returns>How many bytes were taken; all of them if the peer has left.</returns>
    public static int SendDescriptors(
        SafeHandle socket, ReadOnlySpan<byte> bytes, IReadOnlyList<SafeFileHandle> descriptors)
    {
        nuint* control = stackalloc nuint[2 + descriptors.Count];
        control[0] = (nuint)(16 + (sizeof(int) * descriptors.Count));
        int* header = (int*)control;
        header[2] = SocketLevel;
        header[3] = PassRights;
        for (int i = 0; i < descriptors.Count; i++) header[4 + i] = (int)descriptors[i].DangerousGetHandle();
        fixed (byte* first = bytes)
        {
            nuint* vector = stackalloc nuint[] { (nuint)first, (nuint)bytes.Length };
            nuint* message = stackalloc nuint[] { 0, 0, (nuint)vector, 1, (nuint)control, control[0], 0 };
            nint sent = SendMessage(socket, message, NoSignal);
            return sent < 0 ? bytes.Length : (int)sent;
        }
    }

    private static IOException LastError(string path) =>
        new($"{path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(SafeHandle socket, nuint* message, int flags);
}
