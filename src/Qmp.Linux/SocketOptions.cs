using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>What sockets can be asked and told. Options that a socket does not know are left alone.</summary>
public static unsafe class SocketOptions
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int ReuseOption = 2; // SO_REUSEADDR
    private const int Type = 3; // SO_TYPE
    private const int Error = 4; // SO_ERROR
    private const int KeepAliveOption = 9; // SO_KEEPALIVE
    private const int PeerCredentials = 17; // SO_PEERCRED
    private const int AcceptsConnections = 30; // SO_ACCEPTCONN
    private const int Domain = 39; // SO_DOMAIN
    private const int UnixDomain = 1; // AF_UNIX
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int NoDelay = 1; // TCP_NODELAY
    private const int KeepAliveIdle = 4; // TCP_KEEPIDLE
    private const int KeepAliveInterval = 5; // TCP_KEEPINTVL
    private const int KeepAliveCount = 6; // TCP_KEEPCNT
    private const int Ipv6Level = 41; // IPPROTO_IPV6
    private const int OnlyIpv6 = 26; // IPV6_V6ONLY
    private const nuint OutputQueue = 0x5411; // SIOCOUTQ

    /// <summary>Whether a descriptor is a socket; only those have a socket type.</summary>
    public static bool IsSocket(int descriptor) => TryGet(descriptor, Type, out _);

    /// <summary>Whether a socket listens.</summary>
    public static bool IsListening(int descriptor) =>
        TryGet(descriptor, AcceptsConnections, out int listens) && listens != 0;

    /// <summary>Whether it is a Unix socket, whose peer is on this machine.</summary>
    /// <exception cref="ObjectDisposedException">The socket was closed before.</exception>
    public static bool IsUnix(SafeHandle socket)
    {
        using var held = new HeldDescriptor(socket);
        return TryGet(held.Number, Domain, out int domain) && domain == UnixDomain;
    }

    /// <summary>Sends small messages at once instead of waiting for more to send.</summary>
    public static void SendWithoutDelay(SafeHandle socket) => Set(socket, TcpLevel, NoDelay, true);

    /// <summary>Lets the kernel find out that a peer is dead.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="count">How many probes may stay unanswered; 0 for the host's default.</param>
    /// <param name="idle">Seconds of silence before the first probe; 0 for the host's default.</param>
    /// <param name="interval">Seconds between probes; 0 for the host's default.</param>
    public static void KeepAlive(SafeHandle socket, uint count = 0, uint idle = 0, uint interval = 0)
    {
        Set(socket, SocketLevel, KeepAliveOption, true);
        if (count > 0) Set(socket, TcpLevel, KeepAliveCount, (int)count);
        if (idle > 0) Set(socket, TcpLevel, KeepAliveIdle, (int)idle);
        if (interval > 0) Set(socket, TcpLevel, KeepAliveInterval, (int)interval);
    }

    /// <summary>What the kernel does about silent peers of a TCP socket: whether it looks after them, and the three numbers.</summary>
    public static (bool IsOn, uint Count, uint Idle, uint Interval) KeepAliveOf(SafeHandle socket)
    {
        using var held = new HeldDescriptor(socket);
        int number = held.Number;
        return (Get(SocketLevel, KeepAliveOption) != 0, Get(TcpLevel, KeepAliveCount), Get(TcpLevel, KeepAliveIdle), Get(TcpLevel, KeepAliveInterval));

        uint Get(int level, int option)
        {
            int got = 0;
            uint length = sizeof(int);
            _ = LibC.GetOption(number, level, option, &got, &length);
            return (uint)got;
        }
    }

    /// <summary>Lets a port be used again at once.</summary>
    public static void ReuseAddress(SafeHandle socket) => Set(socket, SocketLevel, ReuseOption, true);

    /// <summary>Whether an IPv6 socket leaves IPv4 to others.</summary>
    public static void KeepToIpv6(SafeHandle socket, bool value) => Set(socket, Ipv6Level, OnlyIpv6, value);

    /// <summary>What a socket has sent and its peer has not read (Unix sockets) or not acknowledged (TCP).</summary>
    public static int CountUnread(SafeHandle socket) =>
        LibC.Query(socket, OutputQueue, out int count) < 0 ? 0 : count;

    /// <summary>
    /// The process that listened at the other end of a Unix socket; <see langword="null"/> if the system does not tell.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The socket was closed before.</exception>
    public static int? PeerProcessId(SafeHandle socket)
    {
        using var held = new HeldDescriptor(socket);
        int* credentials = stackalloc int[3]; // struct ucred: process, user, group
        uint length = 3 * sizeof(int);
        return LibC.GetOption(held.Number, SocketLevel, PeerCredentials, credentials, &length) == 0 && *credentials > 0
            ? *credentials
            : null;
    }

    /// <summary>The error that a socket has kept, such as that of a connect that was waited for; 0 for none.</summary>
    internal static int TakeError(SafeHandle socket)
    {
        using var held = new HeldDescriptor(socket);
        return TryGet(held.Number, Error, out int error) ? error : 0;
    }

    private static bool TryGet(int descriptor, int option, out int value)
    {
        int got = 0;
        uint length = sizeof(int);
        bool known = LibC.GetOption(descriptor, SocketLevel, option, &got, &length) == 0;
        value = got;
        return known;
    }

    private static void Set(SafeHandle socket, int level, int option, bool value) => Set(socket, level, option, value ? 1 : 0);

    private static void Set(SafeHandle socket, int level, int option, int value) =>
        _ = LibC.SetOption(socket, level, option, value, sizeof(int));
}
