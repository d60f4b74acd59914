using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qmp.Migration.Channels.Posix;

/// <summary>The system calls of real channels.</summary>
internal static partial class NativeMethods
{
    public const int NoSignal = 0x4000; // MSG_NOSIGNAL
    public const int ShutdownBoth = 2; // SHUT_RDWR
    public const int NoEntry = 2; // ENOENT
    public const int Interrupted = 4; // EINTR
    public const int BadDescriptor = 9; // EBADF
    public const int WouldBlock = 11; // EAGAIN
    public const int BrokenPipe = 32; // EPIPE
    public const int AddressInUse = 98; // EADDRINUSE
    public const short PollIn = 1;
    public const short PollOut = 4;
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int SocketType = 3; // SO_TYPE
    private const int ReuseOption = 2; // SO_REUSEADDR
    private const int KeepAliveOption = 9; // SO_KEEPALIVE
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int NoDelay = 1; // TCP_NODELAY
    private const int Ipv6Level = 41; // IPPROTO_IPV6
    private const int OnlyIpv6 = 26; // IPV6_V6ONLY
    private const int GetFlags = 3; // F_GETFL
    private const int SetFlags = 4; // F_SETFL
    private const int GetPipeSize = 1032; // F_GETPIPE_SZ
    private const int NonBlocking = 0x800; // O_NONBLOCK
    private const int EventCloseOnExec = 0x80000; // EFD_CLOEXEC
    public const int StreamCloseOnExec = 0x80001; // SOCK_STREAM | SOCK_CLOEXEC
    public const int MaxPieces = 1024; // UIO_MAXIOV
    private const nuint OutputQueue = 0x5411; // SIOCOUTQ

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(SafeHandle socket, in MessageHeader message, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static unsafe partial nint Receive(SafeHandle socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int OpenSocket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(SafeHandle socket, ReadOnlySpan<byte> address, int length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(SafeHandle socket, ReadOnlySpan<byte> address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(SafeHandle socket, int level, int option, in int value, int length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(SafeHandle socket, int backlog);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(SafeHandle socket, int how);

    [LibraryImport("libc", EntryPoint = "writev", SetLastError = true)]
    public static partial nint WriteVector(SafeHandle file, nint pieces, int count);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(SafeHandle file, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeHandle file, in ulong value, nint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(SafeHandle file, long length);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(int socket, int level, int option, out int value, ref int length);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeHandle file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int OpenEvent(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Query(SafeHandle socket, nuint request, out int value);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollEntry* entries, ulong count, int timeout);

    /// <summary>An event descriptor: whoever polls it wakes when it is signalled, and stays awake.</summary>
    public static SafeHandle CreateEvent() => new SafeFileHandle(OpenEvent(0, EventCloseOnExec), ownsHandle: true);

    public static void SignalEvent(SafeHandle handle) => _ = Write(handle, 1, sizeof(ulong));

    /// <summary>Makes reads and writes of a pipe return instead of waiting, so that they can be polled for.</summary>
    /// <remarks>Only pipes can make a call wait for ever; the flag of anything else is left as it was given.</remarks>
    public static void UnblockPipe(SafeHandle handle)
    {
        if (!IsPipe(handle)) return;
        int flags = Control(handle, GetFlags, 0);
        if (flags >= 0) _ = Control(handle, SetFlags, flags | NonBlocking);
    }

    /// <summary>Whether a descriptor is a socket; only those have a socket type.</summary>
    public static bool IsSocket(int descriptor)
    {
        int length = sizeof(int);
        return GetOption(descriptor, SocketLevel, SocketType, out _, ref length) == 0;
    }

    /// <summary>Whether it is a pipe or a FIFO; only those have a pipe's size.</summary>
    public static bool IsPipe(SafeHandle handle) => Control(handle, GetPipeSize, 0) >= 0;

    /// <summary>Waits until the peer of a socket has closed it.</summary>
    public static unsafe bool WaitForHangUp(SafeHandle socket, int milliseconds)
    {
        using var held = new HeldHandle(socket);
        var entry = new PollEntry(held.Descriptor, 0);
        return Poll(&entry, 1, milliseconds) > 0;
    }

    /// <summary>What a socket has sent and its peer has not read (Unix sockets) or not acknowledged (TCP).</summary>
    public static int CountUnread(SafeHandle socket) => Query(socket, OutputQueue, out int count) < 0 ? 0 : count;

    /// <summary>Waits until something happens to a descriptor, or the event is signalled.</summary>
    /// <returns>What happened to the descriptor; 0 if the event ended the wait.</returns>
    /// <exception cref="ObjectDisposedException">One of them was closed before.</exception>
    public static unsafe short Poll(SafeHandle? handle, short events, SafeHandle wake)
    {
        using var heldWake = new HeldHandle(wake);
        using var held = new HeldHandle(handle);
        PollEntry* entries = stackalloc PollEntry[2];
        entries[0] = new PollEntry(heldWake.Descriptor, PollIn);
        entries[1] = new PollEntry(held.Descriptor, events);
        while (Poll(entries, 2, -1) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
        }

        return entries[0].Returned != 0 ? (short)0 : entries[1].Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry(int descriptor, short events)
    {
        public int Descriptor = descriptor;
        public short Events = events;
        public short Returned;
    }

    /// <summary>C's <c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public nint Name;
        public uint NameLength;
        public nint Pieces;
        public nint PieceCount;
        public nint Control;
        public nint ControlLength;
        public int Flags;
    }

    public static int LastError => Marshal.GetLastPInvokeError();

    public static bool WasInterrupted() => LastError == Interrupted;

    /// <summary>Small messages of the return path must not wait for company.</summary>
    public static void SendWithoutDelay(SafeHandle socket) => _ = SetOption(socket, TcpLevel, NoDelay, 1, sizeof(int));

    /// <summary>Lets the kernel find out that a peer is dead.</summary>
    public static void KeepAlive(SafeHandle socket) => _ = SetOption(socket, SocketLevel, KeepAliveOption, 1, sizeof(int));

    /// <summary>Lets a port be used again at once.</summary>
    public static void ReuseAddress(SafeHandle socket) => _ = SetOption(socket, SocketLevel, ReuseOption, 1, sizeof(int));

    /// <summary>Whether a socket leaves IPv4 to others.</summary>
    public static void KeepToIpv6(SafeHandle socket, bool value) =>
        _ = SetOption(socket, Ipv6Level, OnlyIpv6, value ? 1 : 0, sizeof(int));

    /// <summary>Closes it; the last error stays that of the call before.</summary>
    public static void CloseKeepingError(SafeHandle handle)
    {
        int error = LastError;
        handle.Dispose();
        Marshal.SetLastPInvokeError(error);
    }

    public static string LastErrorText() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
}
