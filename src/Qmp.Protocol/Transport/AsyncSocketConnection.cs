using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Qmp.Linux;

namespace Qmp.Protocol.Transport;

/// <summary>
/// A connected stream socket without a thread of its own, for clients and for machines by the hundred.
/// </summary>
/// <remarks>
/// On Linux descriptors are received too: .NET only waits for readiness, the bytes are taken by <c>recvmsg</c>. A peer
/// that leaves while bytes of it are unread is noticed only when they are read or the wait ends.
/// </remarks>
public sealed class AsyncSocketConnection : IConnection, IDescriptorSender, IDescriptorPort
{
    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly DescriptorBox _descriptors = new();
    private readonly WakeSignal _wake = new();
    private readonly SendQueue _sending;
    private Task? _readable;
    private volatile bool _stopped;

    /// <summary>Takes over a connected socket.</summary>
    /// <param name="socket">The socket; disposed together with this.</param>
    /// <param name="name">Names the connection in logs.</param>
    public AsyncSocketConnection(Socket socket, string name)
    {
        _socket = socket;
        _socket.Blocking = false;
        _handle = socket.SafeHandle;
        _sending = new SendQueue(this);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long Backlog => _sending.Backlog;

    /// <inheritdoc/>
    public bool IsHungUp
    {
        get
        {
            try
            {
                return _stopped || (OperatingSystem.IsLinux()
                    && (Descriptors.Look(_handle, PollEvents.None) & PollEvents.Gone) != 0);
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <inheritdoc/>
    public bool CanSendDescriptors => OperatingSystem.IsLinux() && _socket.AddressFamily == AddressFamily.Unix;

    /// <summary>
    /// The process that listened at the other end of a Unix socket; <see langword="null"/> where the system does not
    /// tell.
    /// </summary>
    public int? PeerProcessId
    {
        get
        {
            try
            {
                return CanSendDescriptors ? SocketOptions.PeerProcessId(_handle) : null;
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
        }
    }

    /// <summary>Connects to a Unix socket.</summary>
    /// <exception cref="TransportException">Nobody listens there.</exception>
    public static Task<AsyncSocketConnection> ConnectUnixAsync(string path, CancellationToken cancellationToken) =>
        ConnectAsync(UnixEndPoint(path), path, cancellationToken);

    /// <summary>Connects to a TCP port.</summary>
    /// <exception cref="TransportException">Nobody listens there.</exception>
    public static Task<AsyncSocketConnection> ConnectTcpAsync(
        string host, int port, CancellationToken cancellationToken) =>
        ConnectAsync(new DnsEndPoint(host, port), $"{host}:{port}", cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable)
    {
        while (!_stopped)
        {
            if (wakeable && _wake.TryConsume()) return IConnection.Woken;
            int received = TryReceive(buffer.Span);
            if (received != TransferResult.WouldBlock) return Math.Max(0, received);
            if (wakeable) await Task.WhenAny(WhenReadable(), _wake.Task).ConfigureAwait(false);
            else await WhenReadable().ConfigureAwait(false);
        }

        return 0;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> WaitForWakeAsync()
    {
        while (!_wake.TryConsume())
        {
            if (IsHungUp) return false;
            // Once bytes are there, readiness says nothing more about the peer.
            if (HasUnread()) await _wake.Task.ConfigureAwait(false);
            else await Task.WhenAny(WhenReadable(), _wake.Task).ConfigureAwait(false);
        }

        return !IsHungUp;
    }

    /// <inheritdoc/>
    public void Wake() => _wake.Set();

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> bytes) => _sending.Send(bytes);

    /// <inheritdoc/>
    public bool TrySend(ReadOnlySpan<byte> bytes, SafeHandle descriptor) =>
        CanSendDescriptors
            ? _sending.TrySend(this, bytes, descriptor)
            : throw new NotSupportedException("only Unix sockets carry descriptors");

    /// <inheritdoc/>
    public async ValueTask DrainAsync(CancellationToken cancellationToken) =>
        await _sending.WhenDrained().WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <inheritdoc/>
    public void StopReceiving()
    {
        _stopped = true;
        Shutdown(SocketShutdown.Receive);
        _wake.Set();
    }

    /// <inheritdoc/>
    public int TakeDescriptor() => _descriptors.Take();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped = true;
        Shutdown(SocketShutdown.Both);
        _sending.Break();
        _wake.Set();
        _socket.Dispose();
        _descriptors.Dispose();
    }

    int ISendPort.TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            // Others who share the socket may have put it in blocking mode.
            if (OperatingSystem.IsLinux()) return TransferResult.From(Sockets.Send(_handle, bytes));
            int sent = _socket.Send(bytes, SocketFlags.None, out SocketError error);
            return error switch
            {
                SocketError.Success => sent,
                SocketError.WouldBlock => TransferResult.WouldBlock,
                _ => TransferResult.Broken,
            };
        }
        catch (ObjectDisposedException)
        {
            return TransferResult.Broken;
        }
    }

    int IDescriptorPort.TrySend(ReadOnlySpan<byte> bytes, SafeHandle descriptor)
    {
        bool held = false;
        try
        {
            _handle.DangerousAddRef(ref held);
        }
        catch (ObjectDisposedException)
        {
            return TransferResult.Broken;
        }

        try
        {
            // The socket is held, so a disposed handle can only be the descriptor: the caller's mistake.
            return TransferResult.From(Sockets.Send(_handle, bytes, descriptor));
        }
        finally
        {
            _handle.DangerousRelease();
        }
    }

    async ValueTask<int> ISendPort.SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return await _socket.SendAsync(bytes, SocketFlags.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return TransferResult.Broken;
        }
    }

    void ISendPort.StartWriter(Func<Task> writer) => Task.Run(writer);

    private static async Task<AsyncSocketConnection> ConnectAsync(
        EndPoint endPoint, string name, CancellationToken cancellationToken)
    {
        Socket socket = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new AsyncSocketConnection(socket, name);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new TransportException($"Failed to connect to '{name}': {Reason(e, endPoint)}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static UnixDomainSocketEndPoint UnixEndPoint(string path) =>
        Encoding.UTF8.GetByteCount(path) < RawAddress.MaxPath
            ? new UnixDomainSocketEndPoint(path)
            : throw new TransportException($"UNIX socket path '{path}' is too long");

    /// <summary>Why a call failed. .NET has no word of its own for a Unix path that does not exist.</summary>
    private static string Reason(SocketException exception, EndPoint endPoint) =>
        endPoint is UnixDomainSocketEndPoint && exception.SocketErrorCode == SocketError.AddressNotAvailable
            ? "No such file or directory"
            : exception.Message;

    private int TryReceive(Span<byte> buffer)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                int count = Sockets.Receive(_handle, buffer, wait: false, out int[] descriptors);
                _descriptors.Put(descriptors);
                return TransferResult.From(count);
            }

            int received = _socket.Receive(buffer, SocketFlags.None, out SocketError error);
            return error switch
            {
                SocketError.Success => received,
                SocketError.WouldBlock => TransferResult.WouldBlock,
                _ => TransferResult.Broken,
            };
        }
        catch (ObjectDisposedException)
        {
            return TransferResult.Broken;
        }
    }

    /// <summary>A receive of no bytes: .NET's way to wait for readiness. It is kept until it ends.</summary>
    private Task WhenReadable()
    {
        if (_readable is null || _readable.IsCompleted) _readable = WaitReadableAsync();
        return _readable;
    }

    private async Task WaitReadableAsync()
    {
        try
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The receive that follows tells.
        }
    }

    private bool HasUnread()
    {
        try
        {
            return _socket.Poll(0, SelectMode.SelectRead);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private void Shutdown(SocketShutdown how)
    {
        try
        {
            _socket.Shutdown(how);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer was faster.
        }
    }
}
