using System.Net.Sockets;

namespace Qmp.Migration.Channels.Posix;

/// <summary>A connected socket whose reads and writes block the calling thread.</summary>
internal sealed class SocketChannel : IMigrationChannel
{
    private readonly Socket _socket;
    private readonly IoVector[] _scratch = new IoVector[NativeMethods.MaxPieces];

    public SocketChannel(Socket socket)
    {
        socket.Blocking = true;
        _socket = socket;
    }

    public unsafe ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces)
    {
        var list = new PieceList(pieces.Span, _scratch);
        while (!list.IsEmpty)
        {
            Span<IoVector> left = list.Left;
            fixed (IoVector* first = left)
            {
                var message = new NativeMethods.MessageHeader { Pieces = (nint)first, PieceCount = left.Length };
                nint sent = NativeMethods.SendMessage(_socket.SafeHandle, message, NativeMethods.NoSignal);
                if (sent >= 0) list.Advance(sent);
                else if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != NativeMethods.Interrupted)
                {
                    throw new ChannelException($"Unable to write to socket: {NativeMethods.LastErrorText()}");
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    public unsafe ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (true)
        {
            fixed (byte* first = buffer.Span)
            {
                nint read = NativeMethods.Receive(_socket.SafeHandle, first, buffer.Length, 0);
                if (read >= 0) return new ValueTask<int>((int)read);
                if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != NativeMethods.Interrupted)
                {
                    throw new ChannelException($"Unable to read from socket: {NativeMethods.LastErrorText()}");
                }
            }
        }
    }

    public ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout) =>
        new(NativeMethods.WaitForHangUp(_socket.SafeHandle, (int)Math.Ceiling(timeout.TotalMilliseconds)));

    public bool HasUnread => NativeMethods.CountUnread(_socket.SafeHandle) > 0;

    public ValueTask FinishAsync() => ValueTask.CompletedTask;

    public void Shutdown()
    {
        try
        {
            _ = NativeMethods.Shutdown(_socket.SafeHandle, NativeMethods.ShutdownBoth);
        }
        catch (ObjectDisposedException)
        {
            // Shut down more than once, or after the end: nothing is left to wake.
        }
    }

    public void Dispose() => _socket.Dispose();
}
