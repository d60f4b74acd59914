using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qmp.Interop.Emulators;

/// <summary>Two sockets that are connected with each other, to be passed on or inherited.</summary>
internal sealed partial class SocketPair : IDisposable
{
    private const int Unix = 1; // AF_UNIX
    private const int StreamCloseOnExec = 0x80001; // SOCK_STREAM | SOCK_CLOEXEC
    private const int Duplicate = 0; // F_DUPFD: without the flag that closes it on exec
    private const int FirstNumber = 100;

    private SocketPair(SafeFileHandle left, SafeFileHandle right)
    {
        Left = left;
        Right = right;
    }

    public SafeFileHandle Left { get; }

    public SafeFileHandle Right { get; }

    public static unsafe SocketPair Create()
    {
        int* ends = stackalloc int[2];
        if (NewPair(Unix, StreamCloseOnExec, 0, ends) < 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        return new SocketPair(new SafeFileHandle(ends[0], true), new SafeFileHandle(ends[1], true));
    }

    /// <summary>
    /// A duplicate that processes inherit that are started while it is open; its number is the same in them.
    /// </summary>
    public static SafeFileHandle Inheritable(SafeFileHandle handle)
    {
        int number = Control(handle, Duplicate, FirstNumber);
        return number >= 0
            ? new SafeFileHandle(number, ownsHandle: true)
            : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public void Dispose()
    {
        Left.Dispose();
        Right.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static unsafe partial int NewPair(int domain, int type, int protocol, int* ends);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle handle, int command, int argument);
}
