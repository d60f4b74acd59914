using System.Net.Sockets;
using Qmp.Linux;
using Qmp.Linux.Addresses;

namespace Qmp.Protocol.Transport;

/// <summary>
/// A connected stream socket whose reader blocks a thread of its own: the shortest way from bytes to a reply.
/// </summary>
/// <remarks>
/// The socket may be in blocking or nonblocking mode, and others who share it may change that at any time: a read
/// that is told to try again waits first.
/// </remarks>
public sealed class SocketConnection : IConnection, ISendPort
{
    private readonly DescriptorHandle _socket;
    private readonly WakeEvent _wake;
    private readonly DescriptorBox _descriptors = new();
    private readonly SendQueue _sending;

    /// <summary>Takes over a connected socket.</summary>
    /// <param name="socket">The socket; disposed together with this.</param>
    /// <param name="name">Names the connection in logs.</param>
    /// <exception cref="IOException">No descriptor is left to wake the reader with.</exception>
    public SocketConnection(DescriptorHandle socket, string name)
        : this(socket, new WakeEvent(), name)
    {
    }

    /// <summary>Takes over a connected socket and an event, and needs no descriptor more.</summary>
    internal SocketConnection(DescriptorHandle socket, WakeEvent wake, string name)
    {
        _socket = socket;
        _wake = wake;
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
                return (Descriptors.Look(_socket, PollEvents.None) & PollEvents.Gone) != 0;
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>Dials, blocking the calling thread.</summary>
    /// <exception cref="TransportException">Nobody listens at the address, or it is no address.</exception>
    public static SocketConnection Connect(StreamAddress address)
    {
        try
        {
            return new SocketConnection(StreamSockets.Connect(address), address.ToString());
        }
        catch (IOException e)
        {
            throw TransportException.From(e);
        }
    }

    /// <summary>Takes over an inherited descriptor that is a connected socket, such as one end of a pair.</summary>
    /// <exception cref="TransportException">The descriptor is no socket; it stays the caller's then.</exception>
    public static SocketConnection FromDescriptor(int descriptor)
    {
        if (!SocketOptions.IsSocket(descriptor))
        {
            throw new TransportException($"File descriptor '{descriptor}' is not a socket");
        }

        return new SocketConnection(new DescriptorHandle(descriptor, ownsHandle: true), $"fd:{descriptor}");
    }

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable)
    {
        try
        {
            while (true)
            {
                if (wakeable)
                {
                    Descriptors.Wait(_socket, PollEvents.Readable, _wake, out bool woken);
                    if (woken)
                    {
                        _wake.Reset();
                        return new(IConnection.Woken);
                    }
                }

                int received = Sockets.Receive(_socket, buffer.Span, wait: !wakeable, out int[] descriptors);
                _descriptors.Put(descriptors);
                if (received != -Errno.TryAgain) return new(Math.Max(0, received));
                if (!wakeable) Descriptors.Wait(_socket, PollEvents.Readable);
            }
        }
        catch (ObjectDisposedException)
        {
            return new(0);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitForWakeAsync()
    {
        try
        {
            PollEvents events = Descriptors.Wait(_socket, PollEvents.None, _wake, out bool woken);
            if (woken) _wake.Reset();
            return new((events & PollEvents.Gone) == 0);
        }
        catch (ObjectDisposedException)
        {
            return new(false);
        }
    }

    /// <inheritdoc/>
    public void Wake() => _wake.Set();

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
        _wake.Set();
    }

    /// <inheritdoc/>
    public int TakeDescriptor() => _descriptors.Take();

    /// <inheritdoc/>
    public void Dispose()
    {
        Shutdown(SocketShutdown.Both);
        _sending.Break();
        _wake.Set();
        _wake.Dispose();
        _socket.Dispose();
        _descriptors.Dispose();
    }

    int ISendPort.TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return TransferResult.From(Sockets.Send(_socket, bytes));
        }
        catch (ObjectDisposedException)
        {
            return TransferResult.Broken;
        }
    }

    ValueTask<int> ISendPort.SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (true)
            {
                Descriptors.Wait(_socket, PollEvents.Writable);
                int sent = TransferResult.From(Sockets.Send(_socket, bytes.Span));
                if (sent != TransferResult.WouldBlock) return new(sent);
            }
        }
        catch (ObjectDisposedException)
        {
            return new(TransferResult.Broken);
        }
    }

    void ISendPort.StartWriter(Func<Task> writer) => WriterThread.Start(Name, writer);

    private void Shutdown(SocketShutdown how)
    {
        try
        {
            _ = Sockets.Shutdown(_socket, how);
        }
        catch (ObjectDisposedException)
        {
            // Disposed more than once: there is nobody left to wake.
        }
    }
}
