using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Qmp.EndToEnd.Tests.Chardevs;

/// <summary>Two Unix sockets that are connected with each other.</summary>
internal static partial class SocketPair
{
    private const int Unix = 1; // AF_UNIX
    private const int Stream = 1; // SOCK_STREAM
    private const int NonBlocking = 0x800; // SOCK_NONBLOCK

    /// <summary>Makes a pair.</summary>
    /// <param name="isBlocking">Whether the emulator's end is in blocking mode.</param>
    /// <returns>The client's end, and the emulator's, which it takes over.</returns>
    public static (Socket Client, int Emulator) Create(bool isBlocking)
    {
        int[] ends = new int[2];
        Assert.That(Make(Unix, Stream | (isBlocking ? 0 : NonBlocking), 0, ends), Is.Zero);
        return (new Socket(new SafeSocketHandle(ends[0], ownsHandle: true)) { Blocking = true, ReceiveTimeout = 20_000 }, ends[1]);
    }

    [LibraryImport("libc", EntryPoint = "socketpair")]
    private static partial int Make(int domain, int type, int protocol, [Out] int[] ends);
}
