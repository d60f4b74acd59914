using System.Net.Sockets;
using System.Runtime.InteropServices;
using Qmp.Linux;

namespace Qmp.Migration.Channels.Posix;

/// <summary>A connected socket whose reads and writes block the calling thread, whatever mode it is in.</summary>
/// <remarks>
/// Writes never wait inside of the call: a peer that dies meanwhile would be reported by another error there than
/// between two calls.
/// </remarks>
internal sealed class SocketChannel(SafeHandle socket) : IInPlaceChannel
{
    /// <summary>The longest that a reader is waited for that does not hang up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly IoVector[] _scratch = new IoVector[Files.MaxPieces];
    private IInPlaceWriter? _inPlace;

    public bool TryEnableInPlace(InPlaceMethod method)
    {
        try
        {
            _inPlace = method switch
            {
                InPlaceMethod.ZeroCopy when ZeroCopy.TryEnable(socket) => new ZeroCopyWriter(socket),
                InPlaceMethod.Splice when SocketOptions.IsUnix(socket) => new SpliceWriter(socket),
                _ => null,
            };
        }
        catch (IOException)
        {
            return false; // no descriptors are left
        }

        return _inPlace is not null;
    }

    public ValueTask WriteInPlaceAsync(ReadOnlyMemory<IoVector> pieces)
    {
        var list = new PieceList(pieces.Span, _scratch);
        _inPlace!.Write(ref list);
        Copy(ref list);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> SettleAsync() => new(_inPlace!.Settle());

    public ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces)
    {
        var list = new PieceList(pieces.Span, _scratch);
        Copy(ref list);
        return ValueTask.CompletedTask;
    }

    private void Copy(ref PieceList list)
    {
        while (!list.IsEmpty)
        {
            int sent = Sockets.Gather(socket, list.Left, wait: false);
            if (sent >= 0) list.Advance(sent);
            else if (sent == -Errno.TryAgain) Descriptors.Wait(socket, PollEvents.Writable);
            else throw new ChannelException($"Unable to write to socket: {Errno.Text(sent)}");
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (true)
        {
            int read = Sockets.Receive(socket, buffer.Span);
            if (read >= 0) return new ValueTask<int>(read);
            if (read != -Errno.TryAgain) throw new ChannelException($"Unable to read from socket: {Errno.Text(read)}");
            Descriptors.Wait(socket, PollEvents.Readable);
        }
    }

    public ValueTask<int> ReadAsync(ReadOnlyMemory<IoVector> pieces)
    {
        while (true)
        {
            int read = Sockets.Scatter(socket, pieces.Span);
            if (read >= 0) return new ValueTask<int>(read);
            if (read != -Errno.TryAgain) throw new ChannelException($"Unable to read from socket: {Errno.Text(read)}");
            Descriptors.Wait(socket, PollEvents.Readable);
        }
    }

    public ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout) =>
        new(Descriptors.Wait(socket, PollEvents.None, (int)Math.Ceiling(timeout.TotalMilliseconds)) != PollEvents.None);

    public bool HasUnread => SocketOptions.CountUnread(socket) > 0;

    public bool IsConnection => true;

    public bool IsStarting => false;

    /// <summary>A destination hangs up once it has taken over, and most other readers do at the end of the stream.</summary>
    public async ValueTask FinishAsync()
    {
        _ = Sockets.Shutdown(socket, SocketShutdown.Send);
        await WaitForHangUpAsync(Patience);
    }

    public void Shutdown()
    {
        try
        {
            _ = Sockets.Shutdown(socket, SocketShutdown.Both);
        }
        catch (ObjectDisposedException)
        {
            // Shut down more than once, or after the end: nothing is left to wake.
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        _inPlace?.Dispose();
    }
}
