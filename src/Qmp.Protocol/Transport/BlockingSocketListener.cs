using Qmp.Linux;
using Qmp.Linux.Addresses;

namespace Qmp.Protocol.Transport;

/// <summary>Accepts on the calling thread.</summary>
internal sealed class BlockingSocketListener : SocketListener
{
    private readonly IReadOnlyList<DescriptorHandle> _sockets;
    private readonly WakeEvent _stop = new();

    // The next connection's, made ahead: where descriptors are short, the one that gets free is the client's.
    private WakeEvent? _spare = new();
    private int _next;

    public BlockingSocketListener(
        IReadOnlyList<DescriptorHandle> sockets, string name, IReadOnlyList<StreamAddress> addresses, string? ownPath)
        : base(name, addresses, ownPath)
    {
        _sockets = sockets;

        // A client that leaves after it was seen would let an accept wait for the next one. Who shares the socket may
        // change that back; then it can come to that.
        foreach (DescriptorHandle socket in sockets) _ = Files.SetNonBlocking(socket, true);
    }

    public override bool IsBlocking => true;

    public override ValueTask<IConnection?> AcceptAsync()
    {
        while (!IsStopped)
        {
            try
            {
                if (TryAccept(out int error) is { } connection) return new(connection);
                if (error is 0 or -Errno.TryAgain or -Errno.ConnectionAborted) continue;
            }
            catch (ObjectDisposedException)
            {
                break;
            }
            catch (Exception e) when (e is IOException or OutOfMemoryException)
            {
                // As short of something as an accept can be.
            }

            Pause();
        }

        return default;
    }

    protected override void EndAccept() => _stop.Set();

    protected override void Dispose(bool disposing)
    {
        foreach (DescriptorHandle socket in _sockets) socket.Dispose();
        _stop.Dispose();
        Interlocked.Exchange(ref _spare, null)?.Dispose();
    }

    private SocketConnection? TryAccept(out int error)
    {
        // No exception here: what that takes may be just what is short.
        error = 0;
        _spare ??= WakeEvent.TryCreate(out error);
        if (_spare is null) return null;
        int index = Descriptors.WaitAny(_sockets, PollEvents.Readable, _stop, _next);
        if (index < 0) return null;
        _next = index + 1;
        if (!DescriptorTable.HasRoom(_sockets[index]))
        {
            error = -Errno.TooManyFiles;
            return null;
        }

        DescriptorHandle? socket = Sockets.Accept(_sockets[index], out error);
        if (socket is null) return null;
        SocketOptions.SendWithoutDelay(socket);
        return new SocketConnection(socket, Interlocked.Exchange(ref _spare, null)!, Name);
    }

    private void Pause()
    {
        try
        {
            Descriptors.Wait(null, PollEvents.None, _stop, out _, (int)RetryInterval.TotalMilliseconds);
        }
        catch (ObjectDisposedException)
        {
            // The loop finds out.
        }
    }
}
