using System.Net;
using System.Net.Sockets;
using System.Text;
using Qmp.Types;
using SocketAddress = Qmp.Types.SocketAddress;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Listening sockets of one address; accepting blocks the calling thread.</summary>
internal sealed class SocketListener : IMigrationListener
{
    private const int MaxAbstractName = 107;

    private readonly List<Socket> _sockets;
    private readonly string? _path;
    private volatile bool _disposed;

    public SocketListener(List<Socket> sockets)
    {
        _sockets = sockets;

        // The one that was bound last comes first, as QEMU lists them.
        Addresses = [.. sockets.Select(Describe).Reverse()];
    }

    public SocketListener(List<Socket> sockets, UnixSocketAddress address)
    {
        _sockets = sockets;
        bool isAbstract = address.Abstract == true;
        if (!isAbstract) _path = address.Path;

        // A name that fills its place cannot be told from one that was filled up.
        bool? isTight = isAbstract ? address.Tight != false && Encoding.UTF8.GetByteCount(address.Path) < MaxAbstractName : null;
        Addresses =
        [
            new SocketAddress.Unix
            {
                Value = new UnixSocketAddress { Path = address.Path, Abstract = isAbstract ? true : null, Tight = isTight },
            },
        ];
    }

    public IReadOnlyList<SocketAddress> Addresses { get; }

    public ValueTask<IMigrationChannel?> AcceptAsync()
    {
        try
        {
            Socket ready = Ready();
            Socket socket = ready.Accept();
            if (socket.AddressFamily != AddressFamily.Unix) socket.NoDelay = true;
            return new ValueTask<IMigrationChannel?>(new SocketChannel(socket));
        }
        catch (Exception e) when (_disposed && e is SocketException or ObjectDisposedException)
        {
            return new ValueTask<IMigrationChannel?>((IMigrationChannel?)null);
        }
        catch (SocketException e)
        {
            throw new ChannelException($"Unable to accept connection: {e.Message}");
        }
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (Socket socket in _sockets)
        {
            // Closing alone does not wake a thread that accepts.
            _ = NativeMethods.Shutdown(socket.SafeHandle, NativeMethods.ShutdownBoth);
            socket.Dispose();
        }

        if (_path is not null) File.Delete(_path);
    }

    // The socket that somebody connects to. One socket, the usual case, is waited for by accepting.
    private Socket Ready()
    {
        if (_sockets.Count == 1) return _sockets[0];
        var ready = new List<Socket>();
        while (ready.Count == 0)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ready.Clear();
            ready.AddRange(_sockets);
            Socket.Select(ready, null, null, 1_000_000);
        }

        return ready[0];
    }

    private static SocketAddress Describe(Socket socket) => socket.LocalEndPoint switch
    {
        IPEndPoint ip => new SocketAddress.Inet
        {
            Value = new InetSocketAddress
            {
                Host = ip.Address.ToString(),
                Port = ip.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Ipv4 = ip.AddressFamily == AddressFamily.InterNetwork ? true : null,
                Ipv6 = ip.AddressFamily == AddressFamily.InterNetworkV6 ? true : null,
            },
        },
        _ => new SocketAddress.Vsock { Value = new VsockSocketAddress { Cid = "", Port = "" } },
    };
}
