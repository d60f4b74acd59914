using System.Net.Sockets;

namespace Qmp.Protocol.Transport;

/// <summary>
/// A connected stream socket whose reader blocks a thread of its own: the shortest way from bytes to a reply.
/// </summary>
public sealed class SocketConnection : IConnection, ISendPort
{
    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly WakeDescriptor _wake = new();
    private readonly DescriptorBox _descriptors = new();
    private readonly SendQueue _sending;

    /// <summary>Takes over a connected socket.</summary>
    /// <param name="socket">The socket, in blocking mode; disposed together with this.</param>
    /// <param name="name">Names the connection in logs.</param>
    public SocketConnection(Socket socket, string name)
    {
        _socket = socket;
        _handle = socket.SafeHandle;
        _sending = new SendQueue(this);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long Backlog => _sending.Backlog;

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable)
    {
        try
        {
            if (wakeable)
            {
                _wake.Wait(_handle, LibC.PollIn, out bool woken);
                if (woken) return new(IConnection.Woken);
            }

            return new(Math.Max(0, SocketCalls.Receive(_handle, buffer.Span, _descriptors, wait: true)));
        }
        catch (ObjectDisposedException)
        {
            return new(0);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitForWakeAsync() => new(_wake.WaitUnlessGone(_handle));

    /// <inheritdoc/>
    public void Wake() => _wake.Wake();

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> bytes) => _sending.Send(bytes);

    /// <inheritdoc/>
    public ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        _sending.Drain(cancellationToken);
        return default;
    }

    /// <inheritdoc/>
    public void StopReceiving()
    {
        // Closing a descriptor does not wake a blocked recvmsg; this does.
        Shutdown(SocketShutdown.Receive);
        _wake.Wake();
    }

    /// <inheritdoc/>
    public int TakeDescriptor() => _descriptors.Take();

    /// <inheritdoc/>
    public void Dispose()
    {
        Shutdown(SocketShutdown.Both);
        _sending.Break();
        _wake.Wake();
        _wake.Dispose();
        _socket.Dispose();
        _descriptors.Dispose();
    }

    int ISendPort.TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return SocketCalls.Send(_handle, bytes);
        }
        catch (ObjectDisposedException)
        {
            return SocketCalls.Broken;
        }
    }

    ValueTask<int> ISendPort.SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (true)
            {
                SocketCalls.WaitWritable(_handle);
                int sent = SocketCalls.Send(_handle, bytes.Span);
                if (sent != SocketCalls.WouldBlock) return new(sent);
            }
        }
        catch (ObjectDisposedException)
        {
            return new(SocketCalls.Broken);
        }
    }

    void ISendPort.StartWriter(Func<Task> writer) => WriterThread.Start(Name, writer);

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
