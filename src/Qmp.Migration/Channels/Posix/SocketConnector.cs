using System.Text;
using Qmp.Linux;
using Qmp.Linux.Addresses;
using Qmp.Types;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Connects and listens on real sockets.</summary>
internal static class SocketConnector
{
    public const ChannelTraits Traits = ChannelTraits.ManyChannels;

    private const int Backlog = 256; // every channel of a source may be under way at once

    /// <summary>Connects, blocking the calling thread.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="cancellation">Cancels the attempt. If it is cancelled from the start, the call only finds out whether a socket can be created.</param>
    /// <exception cref="ChannelException">No program listens there, or the attempt was cancelled.</exception>
    public static IMigrationChannel Connect(SocketAddress address, CancellationToken cancellation)
    {
        try
        {
            StreamAddress target = Convert(address);
            if (cancellation.IsCancellationRequested) throw WithoutConnecting(target);
            using var cancel = CancelEvent();
            using CancellationTokenRegistration registration = cancellation.Register(() => cancel?.Set());
            return new SocketChannel(StreamSockets.Connect(target, cancel));
        }
        catch (AddressException e)
        {
            throw new ChannelException(e.Message);
        }
    }

    /// <summary>Listens; sources can connect when this returns.</summary>
    /// <exception cref="ChannelException">That address cannot be listened on.</exception>
    public static IMigrationListener Listen(SocketAddress address)
    {
        try
        {
            StreamAddress local = Convert(address);
            if (local is StreamAddress.Unix unix) local = StreamSockets.Named(unix);
            IReadOnlyList<DescriptorHandle> sockets = StreamSockets.Listen(local, Backlog);

            // The one that was bound last comes first, as QEMU lists them.
            IReadOnlyList<SocketAddress> addresses = local is StreamAddress.Unix named
                ? [Describe(named)]
                : [.. sockets.Select(s => Describe(StreamSockets.LocalAddress(s))).Reverse()];
            try
            {
                return new SocketListener(
                    sockets, addresses, local is StreamAddress.Unix { IsAbstract: false } file ? file.Path : null);
            }
            catch
            {
                foreach (DescriptorHandle socket in sockets) socket.Dispose();
                throw;
            }
        }
        catch (IOException e)
        {
            throw new ChannelException(e.Message);
        }
    }

    // Without a descriptor for it, the socket that is wanted next is what cannot be had.
    private static WakeEvent? CancelEvent()
    {
        try
        {
            return new WakeEvent();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static ChannelException WithoutConnecting(StreamAddress target)
    {
        int family = target switch
        {
            StreamAddress.Unix => RawAddress.Unix,
            StreamAddress.Vsock => RawAddress.Vsock,
            _ => RawAddress.Ipv4,
        };
        using DescriptorHandle? socket = Sockets.Open(family, 0, out int error);
        if (socket is not null) throw new OperationCanceledException();
        string which = family == RawAddress.Unix ? "" : $" family {family}";
        return new ChannelException($"Failed to create socket{which}: {Errno.Text(error)}");
    }

    /// <summary>The address as sockets know it.</summary>
    public static StreamAddress.Unix Convert(UnixSocketAddress unix) =>
        new(unix.Path) { IsAbstract = unix.Abstract == true, IsTight = unix.Tight != false };

    private static StreamAddress Convert(SocketAddress address) => address switch
    {
        SocketAddress.Unix unix => Convert(unix.Value),
        SocketAddress.Inet { Value: var inet } => new StreamAddress.Inet(inet.Host, inet.Port)
        {
            To = inet.To,
            Ipv4 = inet.Ipv4,
            Ipv6 = inet.Ipv6,
            IsNumeric = inet.Numeric == true,
            KeepsAlive = inet.KeepAlive == true,
            KeepAliveCount = inet.KeepAliveCount ?? 0,
            KeepAliveIdle = inet.KeepAliveIdle ?? 0,
            KeepAliveInterval = inet.KeepAliveInterval ?? 0,
            IsMultipath = inet.Mptcp == true,
        },
        SocketAddress.Vsock { Value: var vsock } => new StreamAddress.Vsock(vsock.Cid, vsock.Port),
        _ => throw new ChannelException($"Sockets of type '{address.Type.ToWireName()}' cannot be opened"),
    };

    private static SocketAddress Describe(StreamAddress address) => address switch
    {
        StreamAddress.Inet inet => new SocketAddress.Inet
        {
            Value = new InetSocketAddress { Host = inet.Host, Port = inet.Port, Ipv4 = inet.Ipv4, Ipv6 = inet.Ipv6 },
        },
        StreamAddress.Unix unix => new SocketAddress.Unix
        {
            Value = new UnixSocketAddress
            {
                Path = unix.Path,
                Abstract = unix.IsAbstract ? true : null,

                // A name that fills its place cannot be told from one that was filled up.
                Tight = unix.IsAbstract
                    ? unix.IsTight && Encoding.UTF8.GetByteCount(unix.Path) < RawAddress.MaxPath - 1
                    : null,
            },
        },
        StreamAddress.Vsock vsock => new SocketAddress.Vsock
        {
            Value = new VsockSocketAddress { Cid = vsock.Cid, Port = vsock.Port },
        },
        _ => throw new NotSupportedException($"{address.GetType().Name} is no address of a socket."),
    };
}
