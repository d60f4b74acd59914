using System.Globalization;
using System.Net.Sockets;
using System.Text;
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
    private const int MaxUnixPath = 108;
    private const int Backlog = 256; // every channel of a source may be under way at once
    private const int UnixFamily = 1; // AF_UNIX

    /// <summary>Connects, blocking the calling thread.</summary>
    public static IMigrationChannel Connect(SocketAddress address)
    {
        string failure = "";
        foreach (RawAddress raw in Resolve(address, passive: false))
        {
            SafeSocketHandle handle = Open(raw.Family);
            int result;
            do
            {
                result = NativeMethods.Connect(handle, raw.Bytes, raw.Bytes.Length);
            }
            while (result < 0 && NativeMethods.WasInterrupted());

            if (result == 0)
            {
                if (address is SocketAddress.Inet) NativeMethods.SendWithoutDelay(handle);
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
        if (address is SocketAddress.Unix unix) Unlink(unix.Value.Path);
        ushort? last = (address as SocketAddress.Inet)?.Value.To;
        var sockets = new List<Socket>();
        string failure = "";
        foreach (RawAddress raw in Resolve(address, passive: true))
        {
            if (Listen(raw, last, Describe(address), ref failure) is { } socket) sockets.Add(socket);
        }

        if (sockets.Count == 0) throw new ChannelException(failure);
        return new SocketListener(sockets, (address as SocketAddress.Unix)?.Value.Path);
    }

    private static Socket? Listen(RawAddress address, ushort? last, string description, ref string failure)
    {
        bool internet = address.Family is not UnixFamily && address.Bytes.Length > 4 && last is not null;
        int end = internet ? Math.Max(last!.Value, address.Port) : 0;
        for (int port = internet ? address.Port : 0; port <= end; port++)
        {
            byte[] bytes = internet ? address.WithPort((ushort)port).Bytes : address.Bytes;
            SafeSocketHandle handle = Open(address.Family);
            NativeMethods.PrepareToListen(handle, address.Family);
            if (NativeMethods.Bind(handle, bytes, bytes.Length) == 0 && NativeMethods.Listen(handle, Backlog) == 0)
            {
                // A Socket made from the descriptor finds out by itself that it is bound and listens.
                return new Socket(handle);
            }

            failure = $"Failed to bind socket{(description.Length == 0 ? "" : $" to {description}")}: {NativeMethods.LastErrorText()}";
            handle.Dispose();
        }

        return null;
    }

    private static IReadOnlyList<RawAddress> Resolve(SocketAddress address, bool passive) => address switch
    {
        SocketAddress.Unix unix => [UnixAddress(unix.Value.Path)],
        SocketAddress.Inet inet => NativeAddresses.Resolve(inet.Value, passive),
        SocketAddress.Vsock vsock => [VsockAddress(vsock.Value)],
        _ => throw new ChannelException($"Sockets of type '{address.Type.ToWireName()}' cannot be opened"),
    };

    private static RawAddress UnixAddress(string path)
    {
        if (Encoding.UTF8.GetByteCount(path) >= MaxUnixPath)
        {
            throw new ChannelException($"UNIX socket path '{path}' is too long");
        }

        System.Net.SocketAddress raw = new UnixDomainSocketEndPoint(path).Serialize();
        return new RawAddress(UnixFamily, raw.Buffer[..raw.Size].ToArray());
    }

    private static RawAddress VsockAddress(VsockSocketAddress vsock)
    {
        if (!uint.TryParse(vsock.Cid, NumberStyles.None, CultureInfo.InvariantCulture, out uint cid))
        {
            throw new ChannelException($"Failed to parse cid '{vsock.Cid}'");
        }

        return uint.TryParse(vsock.Port, NumberStyles.None, CultureInfo.InvariantCulture, out uint port)
            ? RawAddress.OfVsock(cid, port)
            : throw new ChannelException($"Failed to parse port '{vsock.Port}'");
    }

    private static SafeSocketHandle Open(int family)
    {
        int descriptor = NativeMethods.OpenSocket(family, NativeMethods.StreamCloseOnExec, 0);
        return descriptor >= 0
            ? new SafeSocketHandle(descriptor, ownsHandle: true)
            : throw new ChannelException($"Failed to create socket: {NativeMethods.LastErrorText()}");
    }

    private static void Unlink(string path)
    {
        if (NativeMethods.Unlink(path) == 0 || NativeMethods.LastError == NativeMethods.NoEntry) return;
        throw new ChannelException($"Failed to unlink socket {path}: {NativeMethods.LastErrorText()}");
    }

    private static string Describe(SocketAddress address) => address switch
    {
        SocketAddress.Unix unix => unix.Value.Path,
        SocketAddress.Inet inet => $"{inet.Value.Host}:{inet.Value.Port}",
        SocketAddress.Vsock vsock => $"{vsock.Value.Cid}:{vsock.Value.Port}",
        _ => "",
    };
}
