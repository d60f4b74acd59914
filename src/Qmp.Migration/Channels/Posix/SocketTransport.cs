using System.Net.Sockets;
using Qmp.Types;
using SocketAddress = Qmp.Types.SocketAddress;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Connects and listens on real sockets. Texts are QEMU's.</summary>
/// <remarks>
/// The system calls are our own: .NET's exceptions fold several error numbers into one, and the texts that clients see
/// come from the numbers.
/// </remarks>
internal static class SocketTransport
{
    private const int Backlog = 256; // every channel of a source may be under way at once
    private const int Multipath = 262; // IPPROTO_MPTCP
    private const string TemporaryName = "qemu-socket-";

    /// <summary>Connects, blocking the calling thread.</summary>
    public static IMigrationChannel Connect(SocketAddress address)
    {
        InetSocketAddress? inet = (address as SocketAddress.Inet)?.Value;
        string failure = "";
        foreach (RawAddress raw in Resolve(address, passive: false))
        {
            SafeSocketHandle handle = Open(raw.Family, inet) ?? throw Failure("Failed to create socket");
            int result;
            do
            {
                result = NativeMethods.Connect(handle, raw.Bytes, raw.Bytes.Length);
            }
            while (result < 0 && NativeMethods.WasInterrupted());

            if (result == 0)
            {
                if (inet is not null) NativeMethods.SendWithoutDelay(handle);
                if (inet?.KeepAlive == true) NativeMethods.KeepAlive(handle);
                return new SocketChannel(new Socket(handle));
            }

            failure = $"Failed to connect to '{Describe(address)}': {NativeMethods.LastErrorText()}";
            handle.Dispose();
        }

        throw new ChannelException(failure);
    }

    /// <summary>Listens; sources can connect when this returns.</summary>
    public static IMigrationListener Listen(SocketAddress address)
    {
        if (address is SocketAddress.Unix unix)
        {
            UnixSocketAddress local = Named(unix.Value);
            return new SocketListener([Listen(local)], local);
        }

        InetSocketAddress? inet = (address as SocketAddress.Inet)?.Value;
        var sockets = new List<Socket>();
        ChannelException? failure = null;
        foreach (RawAddress raw in Resolve(address, passive: true))
        {
            try
            {
                sockets.Add(inet is null ? Listen(raw) : Listen(raw, inet));
            }
            catch (ChannelException e)
            {
                failure ??= e;
            }
        }

        return sockets.Count > 0 ? new SocketListener(sockets) : throw failure!;
    }

    // Without a name it gets one.
    private static UnixSocketAddress Named(UnixSocketAddress address)
    {
        if (address.Path.Length > 0 || address.Abstract == true) return address;
        string name = TemporaryName + Path.GetRandomFileName()[..6];
        return new UnixSocketAddress { Path = Path.Combine(Path.GetTempPath(), name) };
    }

    private static Socket Listen(UnixSocketAddress address)
    {
        RawAddress raw = RawAddress.OfUnix(address);
        if (address.Abstract != true && NativeMethods.Unlink(address.Path) < 0
            && NativeMethods.LastError != NativeMethods.NoEntry)
        {
            throw Failure($"Failed to unlink socket {address.Path}");
        }

        return Listen(raw, $" to {address.Path}");
    }

    private static Socket Listen(RawAddress address, string description = "")
    {
        SafeSocketHandle handle = Open(address.Family, null) ?? throw Failure("Failed to create socket");
        if (NativeMethods.Bind(handle, address.Bytes, address.Bytes.Length) < 0)
        {
            throw Failure($"Failed to bind socket{description}", handle);
        }

        return NativeMethods.Listen(handle, Backlog) == 0
            ? new Socket(handle)
            : throw Failure("Failed to listen on socket", handle);
    }

    // The first port that nobody has, up to the last that may be taken.
    private static Socket Listen(RawAddress address, InetSocketAddress inet)
    {
        bool hasSocket = false;
        for (int port = address.Port; port <= (inet.To ?? address.Port); port++)
        {
            if (Open(address.Family, inet) is not { } handle)
            {
                if (port == address.Port) continue;
                throw Failure("Failed to recreate failed listening socket");
            }

            hasSocket = true;
            NativeMethods.ReuseAddress(handle);
            if (!TryBind(handle, address.WithPort((ushort)port), inet))
            {
                if (NativeMethods.LastError != NativeMethods.AddressInUse) throw Failure("Failed to bind socket", handle);
            }
            else if (NativeMethods.Listen(handle, Backlog) == 0)
            {
                // A Socket made from the descriptor finds out by itself that it is bound and listens.
                return new Socket(handle);
            }
            else if (NativeMethods.LastError != NativeMethods.AddressInUse)
            {
                throw Failure("Failed to listen on socket", handle);
            }

            NativeMethods.CloseKeepingError(handle);
        }

        if (hasSocket) throw Failure("Failed to find an available port");
        throw inet.To < address.Port ? new ChannelException("Failed to create a socket") : Failure("Failed to create a socket");
    }

    // Both families share a socket where both are wanted, unless the other one has a socket of its own there.
    private static bool TryBind(SafeSocketHandle handle, RawAddress address, InetSocketAddress inet)
    {
        bool shared = inet.Ipv4 == inet.Ipv6 && inet.Ipv4 != false;
        if (address.Family == RawAddress.Ipv6) NativeMethods.KeepToIpv6(handle, !shared);
        if (NativeMethods.Bind(handle, address.Bytes, address.Bytes.Length) == 0) return true;
        if (address.Family != RawAddress.Ipv6 || !shared || NativeMethods.LastError != NativeMethods.AddressInUse) return false;
        NativeMethods.KeepToIpv6(handle, true);
        return NativeMethods.Bind(handle, address.Bytes, address.Bytes.Length) == 0;
    }

    private static IReadOnlyList<RawAddress> Resolve(SocketAddress address, bool passive) => address switch
    {
        SocketAddress.Unix unix => [RawAddress.OfUnix(unix.Value)],
        SocketAddress.Inet inet => NativeAddresses.Resolve(inet.Value, passive),
        SocketAddress.Vsock vsock => [RawAddress.OfVsock(vsock.Value)],
        _ => throw new ChannelException($"Sockets of type '{address.Type.ToWireName()}' cannot be opened"),
    };

    private static SafeSocketHandle? Open(int family, InetSocketAddress? inet)
    {
        int protocol = inet?.Mptcp == true ? Multipath : 0;
        int descriptor = NativeMethods.OpenSocket(family, NativeMethods.StreamCloseOnExec, protocol);
        return descriptor >= 0 ? new SafeSocketHandle(descriptor, ownsHandle: true) : null;
    }

    private static ChannelException Failure(string what, SafeSocketHandle? handle = null)
    {
        var failure = new ChannelException($"{what}: {NativeMethods.LastErrorText()}");
        handle?.Dispose();
        return failure;
    }

    private static string Describe(SocketAddress address) => address switch
    {
        SocketAddress.Unix unix => unix.Value.Path,
        SocketAddress.Inet inet => $"{inet.Value.Host}:{inet.Value.Port}",
        SocketAddress.Vsock vsock => $"{vsock.Value.Cid}:{vsock.Value.Port}",
        _ => "",
    };
}
