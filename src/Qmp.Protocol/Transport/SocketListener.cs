using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Qmp.Protocol.Transport;

/// <summary>Listens on a Unix path, a TCP port or an inherited descriptor.</summary>
/// <remarks>
/// The kernel lets one more client wait, as with QEMU; the server accepts it when the first one leaves.
/// </remarks>
public sealed class SocketListener : IConnectionSource
{
    private const int Backlog = 1;

    /// <summary>What <c>sun_path</c> holds, with its terminating NUL.</summary>
    private const int MaxPath = 108;

    private readonly Socket _socket;
    private readonly string? _ownPath;
    private readonly WakeDescriptor? _wake;
    private readonly CancellationTokenSource _stop = new();

    private SocketListener(Socket socket, string name, bool isBlocking, string? ownPath)
    {
        _socket = socket;
        _ownPath = ownPath;
        _wake = isBlocking ? new WakeDescriptor() : null;
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsBlocking => _wake is not null;

    /// <summary>The address that is listened on, for a TCP port chosen by the kernel.</summary>
    public EndPoint? LocalEndPoint => _socket.LocalEndPoint;

    /// <summary>
    /// Listens on a path. What is there is removed first, as QEMU does; the path goes when the listener does.
    /// </summary>
    /// <param name="path">At most 107 bytes.</param>
    /// <param name="isBlocking">Whether connections get a thread each (<see cref="SocketConnection"/>).</param>
    /// <exception cref="TransportException">The path is no good.</exception>
    public static SocketListener Unix(string path, bool isBlocking = true)
    {
        EndPoint endPoint = UnixEndPoint(path);
        if (LibC.Unlink(path) < 0 && Marshal.GetLastPInvokeError() is not LibC.NoSuchFile and int error)
        {
            throw new TransportException($"Failed to unlink socket {path}: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        return Listen(socket, endPoint, path, isBlocking, path);
    }

    /// <summary>Listens on a TCP port.</summary>
    /// <param name="host">A name or a numeric address; empty for all addresses.</param>
    /// <param name="port">The port; 0 lets the kernel choose.</param>
    /// <param name="isBlocking">Whether connections get a thread each (<see cref="SocketConnection"/>).</param>
    /// <exception cref="TransportException">The address is no good.</exception>
    public static SocketListener Tcp(string host, int port, bool isBlocking = true)
    {
        IPAddress address;
        try
        {
            address = host.Length == 0 ? IPAddress.Any : Dns.GetHostAddresses(host)[0];
        }
        catch (SocketException e)
        {
            throw new TransportException($"address resolution failed for {host}:{port}: {e.Message}", e);
        }

        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        return Listen(socket, new IPEndPoint(address, port), $"{host}:{port}", isBlocking, ownPath: null);
    }

    /// <summary>
    /// Takes over an inherited descriptor that is bound and listens; a client may be waiting already.
    /// </summary>
    /// <exception cref="TransportException">It is no such thing; it stays the caller's then.</exception>
    public static SocketListener FromDescriptor(int descriptor, bool isBlocking = true)
    {
        var handle = new SafeSocketHandle(descriptor, ownsHandle: true);
        string problem = "does not listen";
        try
        {
            var socket = new Socket(handle);
            if (socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection) is not 0)
            {
                return new SocketListener(socket, $"fd:{descriptor}", isBlocking, ownPath: null);
            }
        }
        catch (SocketException)
        {
            problem = "is not a socket";
        }

        // It is still the caller's: whoever holds the number must not find it closed one day.
        handle.SetHandleAsInvalid();
        throw new TransportException($"File descriptor '{descriptor}' {problem}");
    }

    /// <inheritdoc/>
    public async ValueTask<IConnection?> AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_wake is null)
                {
                    Socket accepted = await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false);
                    return new AsyncSocketConnection(Prepare(accepted), Name);
                }

                _wake.Wait(_socket.SafeHandle, LibC.PollIn, out bool woken);
                if (!woken) return new SocketConnection(Prepare(_socket.Accept()), Name);
            }
            catch (SocketException e) when (
                e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The client left before it was accepted.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException
                || (e is SocketException && _stop.IsCancellationRequested))
            {
                break;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Stop()
    {
        if (_stop.IsCancellationRequested) return;
        _stop.Cancel();
        _wake?.Wake();
        if (_ownPath is not null) LibC.Unlink(_ownPath);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _socket.Dispose();
        _wake?.Dispose();
    }

    internal static UnixDomainSocketEndPoint UnixEndPoint(string path) =>
        Encoding.UTF8.GetByteCount(path) < MaxPath
            ? new UnixDomainSocketEndPoint(path)
            : throw new TransportException($"UNIX socket path '{path}' is too long");

    /// <summary>Why a call failed. .NET has no word of its own for a Unix path that does not exist.</summary>
    internal static string Reason(SocketException exception, EndPoint endPoint) =>
        endPoint is UnixDomainSocketEndPoint && exception.SocketErrorCode == SocketError.AddressNotAvailable
            ? "No such file or directory"
            : exception.Message;

    private static SocketListener Listen(
        Socket socket, EndPoint endPoint, string name, bool isBlocking, string? ownPath)
    {
        try
        {
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return new SocketListener(socket, name, isBlocking, ownPath);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            string what = endPoint is UnixDomainSocketEndPoint ? $"Failed to bind socket to {name}"
                : e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "Failed to find an available port"
                : "Failed to bind socket";
            throw new TransportException($"{what}: {Reason(e, endPoint)}", e);
        }
    }

    private static Socket Prepare(Socket socket)
    {
        if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = true;
        return socket;
    }
}
