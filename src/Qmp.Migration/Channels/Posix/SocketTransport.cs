using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Qmp.Types;
using SocketAddress = Qmp.Types.SocketAddress;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Connects and listens on real sockets. Texts are QEMU's.</summary>
/// <remarks>
/// Connecting and binding are system calls of our own: .NET's exceptions fold several error numbers into one, and the
/// texts that clients see come from the numbers.
/// </remarks>
internal static class SocketTransport
{
    private const int MaxUnixPath = 108;
    private const int SolSocket = 1;
    private const int ReuseAddress = 2;
    private const int Backlog = 256; // every channel of a source may be under way at once

    /// <summary>Connects, blocking the calling thread.</summary>
    public static IMigrationChannel Connect(SocketAddress address)
    {
        string? failure = null;
        foreach (EndPoint endPoint in Resolve(address, passive: false))
        {
            var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
            System.Net.SocketAddress raw = endPoint.Serialize();
            if (NativeMethods.Connect(socket.SafeHandle, raw.Buffer.Span, raw.Size) == 0)
            {
                if (endPoint is IPEndPoint) socket.NoDelay = true;
                return new SocketChannel(socket);
            }

            failure = $"Failed to connect to '{Describe(address)}': {NativeMethods.LastErrorText()}";
            socket.Dispose();
        }

        throw new ChannelException(failure!);
    }

    /// <summary>Listens; sources can connect when this returns.</summary>
    public static IMigrationListener Listen(SocketAddress address)
    {
        if (address is SocketAddress.Unix unix) Unlink(unix.Value.Path);
        var sockets = new List<Socket>();
        string? failure = null;
        foreach (EndPoint endPoint in Resolve(address, passive: true))
        {
            // A Socket made from the descriptor finds out by itself that it is bound and listens.
            System.Net.SocketAddress raw = endPoint.Serialize();
            var handle = new SafeSocketHandle(Open(endPoint.AddressFamily), ownsHandle: true);
            int one = 1;
            if (endPoint is IPEndPoint) _ = NativeMethods.SetOption(handle, SolSocket, ReuseAddress, one, sizeof(int));
            if (NativeMethods.Bind(handle, raw.Buffer.Span, raw.Size) == 0
                && NativeMethods.Listen(handle, Backlog) == 0)
            {
                sockets.Add(new Socket(handle));
                continue;
            }

            failure = $"Failed to bind socket to {Describe(address)}: {NativeMethods.LastErrorText()}";
            handle.Dispose();
        }

        if (sockets.Count == 0) throw new ChannelException(failure!);
        return new SocketListener(sockets, (address as SocketAddress.Unix)?.Value.Path);
    }

    private static int Open(AddressFamily family)
    {
        int domain = family switch
        {
            AddressFamily.InterNetwork => 2,
            AddressFamily.InterNetworkV6 => 10,
            _ => 1,
        };
        int descriptor = NativeMethods.OpenSocket(domain, NativeMethods.StreamCloseOnExec, 0);
        return descriptor >= 0
            ? descriptor
            : throw new ChannelException($"Failed to create socket: {NativeMethods.LastErrorText()}");
    }

    private static IEnumerable<EndPoint> Resolve(SocketAddress address, bool passive) => address switch
    {
        SocketAddress.Unix unix => [UnixEndPoint(unix.Value.Path)],
        SocketAddress.Inet inet => ResolveInet(inet.Value, passive),
        _ => throw new ChannelException($"Sockets of type '{address.Type.ToWireName()}' are not supported here"),
    };

    private static UnixDomainSocketEndPoint UnixEndPoint(string path)
    {
        if (Encoding.UTF8.GetByteCount(path) >= MaxUnixPath)
        {
            throw new ChannelException($"UNIX socket path '{path}' is too long");
        }

        return new UnixDomainSocketEndPoint(path);
    }

    private static IEnumerable<EndPoint> ResolveInet(InetSocketAddress inet, bool passive)
    {
        string where = $"{inet.Host}:{inet.Port}";
        if (!ushort.TryParse(inet.Port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            throw new ChannelException(
                $"address resolution failed for {where}: Servname not supported for ai_socktype");
        }

        if (inet.Host.Length == 0)
        {
            return [new IPEndPoint(passive ? IPAddress.Any : IPAddress.Loopback, port)];
        }

        if (IPAddress.TryParse(inet.Host, out IPAddress? literal)) return [new IPEndPoint(literal, port)];
        try
        {
            IPAddress[] found = Dns.GetHostAddresses(inet.Host);
            IPEndPoint[] wanted =
            [
                .. found.Where(a => Wanted(a.AddressFamily, inet)).Select(a => new IPEndPoint(a, port)),
            ];
            if (wanted.Length > 0) return wanted;
        }
        catch (SocketException)
        {
            // told below, in QEMU's words
        }

        throw new ChannelException($"address resolution failed for {where}: Name or service not known");
    }

    private static bool Wanted(AddressFamily family, InetSocketAddress inet)
    {
        bool both = inet.Ipv4 is null && inet.Ipv6 is null;
        return family switch
        {
            AddressFamily.InterNetwork => both || inet.Ipv4 == true || (inet.Ipv4 is null && inet.Ipv6 == false),
            AddressFamily.InterNetworkV6 => both || inet.Ipv6 == true || (inet.Ipv6 is null && inet.Ipv4 == false),
            _ => false,
        };
    }

    private static void Unlink(string path)
    {
        if (path.Length == 0) return;
        try
        {
            if (Directory.Exists(path)) throw new ChannelException($"Failed to unlink socket {path}: Is a directory");
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // binding says so
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not ChannelException)
        {
            throw new ChannelException($"Failed to unlink socket {path}: {e.Message}");
        }
    }

    private static string Describe(SocketAddress address) => address switch
    {
        SocketAddress.Unix unix => unix.Value.Path,
        SocketAddress.Inet inet => $"{inet.Value.Host}:{inet.Value.Port}",
        _ => address.Type.ToWireName(),
    };
}
