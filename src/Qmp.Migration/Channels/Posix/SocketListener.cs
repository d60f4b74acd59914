using Qmp.Linux;
using Qmp.Types;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Listening sockets of one address; accepting blocks the calling thread.</summary>
internal sealed class SocketListener : IMigrationListener
{
    private const int TooManyInSystem = 23; // ENFILE
    private const int TooManyOpen = 24; // EMFILE
    private const int NoBuffers = 105; // ENOBUFS
    private const int NoMemory = 12; // ENOMEM

    /// <summary>Milliseconds between two tries to accept while something is short.</summary>
    private const int ShortageInterval = 50;

    private readonly IReadOnlyList<DescriptorHandle> _sockets;
    private readonly string? _path;
    private readonly bool _isInternet;
    private readonly WakeEvent _end;
    private volatile bool _disposed;

    /// <param name="sockets">The sockets; they are nonblocking from now on.</param>
    /// <param name="addresses">What clients are told.</param>
    /// <param name="path">The file of a Unix socket, which goes with it.</param>
    /// <exception cref="IOException">No descriptors are left.</exception>
    public SocketListener(
        IReadOnlyList<DescriptorHandle> sockets, IReadOnlyList<SocketAddress> addresses, string? path)
    {
        _sockets = sockets;
        _path = path;
        _isInternet = addresses is [SocketAddress.Inet, ..];
        Addresses = addresses;
        _end = new WakeEvent();
        foreach (DescriptorHandle socket in sockets) _ = Files.SetNonBlocking(socket, true);
    }

    public IReadOnlyList<SocketAddress> Addresses { get; }

    public ValueTask<IMigrationChannel?> AcceptAsync()
    {
        try
        {
            while (!_disposed)
            {
                int ready = Descriptors.WaitAny(_sockets, PollEvents.Readable, _end);
                if (ready < 0) break;
                if (Sockets.Accept(_sockets[ready], out int error) is { } socket)
                {
                    if (_isInternet) SocketOptions.SendWithoutDelay(socket);
                    return new ValueTask<IMigrationChannel?>(new SocketChannel(socket));
                }

                switch (-error)
                {
                    case Errno.TryAgain or Errno.ConnectionAborted:
                        break; // who was there has left

                    case TooManyInSystem or TooManyOpen or NoBuffers or NoMemory:
                        // A shortage passes; the source waits as long.
                        Descriptors.Wait(null, PollEvents.None, _end, out _, ShortageInterval);
                        break;

                    default:
                        throw new ChannelException($"Unable to accept connection: {Errno.Text(error)}");
                }
            }
        }
        catch (ObjectDisposedException) when (_disposed)
        {
            // Disposed of between two waits.
        }

        return new ValueTask<IMigrationChannel?>((IMigrationChannel?)null);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _end.Set();
        foreach (DescriptorHandle socket in _sockets) socket.Dispose();
        _end.Dispose();
        if (_path is not null) _ = Files.Unlink(_path);
    }
}
