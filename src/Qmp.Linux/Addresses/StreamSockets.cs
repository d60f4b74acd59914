using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Qmp.Linux.Addresses;

/// <summary>Sockets that listen or are connected, opened by the rules and with the words of QEMU.</summary>
public static class StreamSockets
{
    private const int Multipath = 262; // IPPROTO_MPTCP
    private const string TemporaryName = "qemu-socket-";

    /// <summary>Connects, blocking the calling thread.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cancel">Gives up when it is set; names are resolved before that is looked at.</param>
    /// <exception cref="AddressException">Nobody listens there, or it is no address.</exception>
    public static DescriptorHandle Connect(StreamAddress address, WakeEvent? cancel = null)
    {
        var inet = address as StreamAddress.Inet;
        string failure = "";
        foreach (RawAddress raw in AddressResolver.Resolve(address, passive: false))
        {
            DescriptorHandle socket = Open(raw.Family, inet, out int error)
                ?? throw Failure("Failed to create socket", error);
            if (cancel is not null) _ = Files.SetNonBlocking(socket, true);
            error = Sockets.Connect(socket, raw, cancel);
            if (error == 0)
            {
                if (cancel is not null) _ = Files.SetNonBlocking(socket, false);
                if (inet is not null) SocketOptions.SendWithoutDelay(socket);
                if (inet is not null) KeepAlive(socket, inet);
                return socket;
            }

            failure = $"Failed to connect to '{address}': {Errno.Text(error)}";
            socket.Dispose();
        }

        throw new AddressException(failure);
    }

    /// <summary>
    /// The address with the name that it is to have: an empty path is one of a new file in the temporary folder.
    /// </summary>
    public static StreamAddress.Unix Named(StreamAddress.Unix address)
    {
        if (address.Path.Length > 0 || address.IsAbstract) return address;
        return address with { Path = Path.Combine(Path.GetTempPath(), TemporaryName + Path.GetRandomFileName()[..6]) };
    }

    /// <summary>The address that a socket is bound to.</summary>
    public static StreamAddress LocalAddress(SafeHandle socket) =>
        RawAddress.OfSocket(socket) is { } raw ? Describe(raw) : new StreamAddress.Unix("");

    /// <summary>Listens; clients can connect when this returns.</summary>
    /// <param name="address">The address. What is at a path already is removed first, as QEMU does.</param>
    /// <param name="backlog">How many clients may wait to be accepted.</param>
    /// <returns>A socket for each address that the name stands for, at least one.</returns>
    /// <exception cref="AddressException">None of them can be listened on, or it is no address.</exception>
    public static IReadOnlyList<DescriptorHandle> Listen(StreamAddress address, int backlog)
    {
        var sockets = new List<DescriptorHandle>();
        AddressException? failure = null;
        foreach (RawAddress raw in AddressResolver.Resolve(address, passive: true))
        {
            try
            {
                sockets.Add(address switch
                {
                    StreamAddress.Inet inet => Listen(raw, inet, backlog),
                    StreamAddress.Unix unix => Listen(raw, unix, backlog),
                    _ => Listen(raw, backlog, ""),
                });
            }
            catch (AddressException e)
            {
                failure ??= e;
            }
        }

        return sockets.Count > 0 ? sockets : throw failure!;
    }

    private static void KeepAlive(DescriptorHandle socket, StreamAddress.Inet inet)
    {
        if (inet.KeepsAlive) SocketOptions.KeepAlive(socket, inet.KeepAliveCount, inet.KeepAliveIdle, inet.KeepAliveInterval);
    }

    private static StreamAddress Describe(RawAddress raw)
    {
        switch (raw.Family)
        {
            case RawAddress.Ipv4 or RawAddress.Ipv6:
                return new StreamAddress.Inet(raw.Host.ToString(), raw.Port.ToString(CultureInfo.InvariantCulture))
                {
                    Ipv4 = raw.Family == RawAddress.Ipv4 ? true : null,
                    Ipv6 = raw.Family == RawAddress.Ipv6 ? true : null,
                };
            case RawAddress.Vsock:
                return new StreamAddress.Vsock("", "");
            default:
                ReadOnlySpan<byte> path = raw.Path;
                bool isAbstract = path is [0, ..];
                if (isAbstract) path = path[1..];
                int end = path.IndexOf((byte)0);
                return new StreamAddress.Unix(Encoding.UTF8.GetString(end < 0 ? path : path[..end]))
                {
                    IsAbstract = isAbstract,
                    // A name that fills its place cannot be told from one that was filled up.
                    IsTight = !isAbstract || raw.Path.Length < RawAddress.MaxPath,
                };
        }
    }

    private static DescriptorHandle Listen(RawAddress raw, StreamAddress.Unix unix, int backlog)
    {
        if (!unix.IsAbstract && Files.Unlink(unix.Path) is not (0 or -Errno.NoEntry) and int error)
        {
            throw Failure($"Failed to unlink socket {unix.Path}", error);
        }

        return Listen(raw, backlog, $" to {unix.Path}");
    }

    private static DescriptorHandle Listen(RawAddress raw, int backlog, string description)
    {
        DescriptorHandle socket = Open(raw.Family, null, out int error)
            ?? throw Failure("Failed to create socket", error);
        error = Sockets.Bind(socket, raw);
        if (error < 0) throw Failure($"Failed to bind socket{description}", error, socket);
        error = Sockets.Listen(socket, backlog);
        return error == 0 ? socket : throw Failure("Failed to listen on socket", error, socket);
    }

    // The first port that nobody has, up to the last that may be taken.
    private static DescriptorHandle Listen(RawAddress raw, StreamAddress.Inet inet, int backlog)
    {
        if (inet.To < raw.Port) throw new AddressException("Failed to create a socket");
        bool hasSocket = false;
        int error = 0;
        for (int port = raw.Port; port <= (inet.To ?? raw.Port); port++)
        {
            if (Open(raw.Family, inet, out error) is not { } socket)
            {
                if (port == raw.Port) continue;
                throw Failure("Failed to recreate failed listening socket", error);
            }

            hasSocket = true;
            SocketOptions.ReuseAddress(socket);
            KeepAlive(socket, inet); // those that are accepted are as it is
            error = Bind(socket, raw.WithPort((ushort)port), inet);
            string what = error < 0 ? "Failed to bind socket" : "Failed to listen on socket";
            if (error == 0) error = Sockets.Listen(socket, backlog);
            if (error == 0) return socket;
            if (error != -Errno.AddressInUse) throw Failure(what, error, socket);
            socket.Dispose();
        }

        throw Failure(hasSocket ? "Failed to find an available port" : "Failed to create a socket", error);
    }

    // Both families share a socket where both are wanted, unless the other one has a socket of its own there.
    private static int Bind(DescriptorHandle socket, RawAddress raw, StreamAddress.Inet inet)
    {
        bool shared = inet.Ipv4 == inet.Ipv6 && inet.Ipv4 != false;
        if (raw.Family == RawAddress.Ipv6) SocketOptions.KeepToIpv6(socket, !shared);
        int error = Sockets.Bind(socket, raw);
        if (error != -Errno.AddressInUse || raw.Family != RawAddress.Ipv6 || !shared) return error;
        SocketOptions.KeepToIpv6(socket, true);
        return Sockets.Bind(socket, raw);
    }

    private static DescriptorHandle? Open(int family, StreamAddress.Inet? inet, out int error) =>
        Sockets.Open(family, inet?.IsMultipath == true ? Multipath : 0, out error);

    private static AddressException Failure(string what, int error, DescriptorHandle? socket = null)
    {
        socket?.Dispose();
        return new AddressException($"{what}: {Errno.Text(error)}");
    }
}
