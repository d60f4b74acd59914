using System.Runtime.InteropServices;
using Qmp.Linux;

namespace Qmp.Migration.Channels.Posix;

/// <summary><see cref="InPlaceMethod.Splice"/>: pages go through a pipe into the socket, and only the peer copies them.</summary>
/// <remarks>Where the kernel turns out not to do that, it leaves the pieces.</remarks>
internal sealed class SpliceWriter : IInPlaceWriter
{
    private const int PipeLength = 512 * 1024; // the pages of a packet
    private const int Patience = 100; // yields before it sleeps

    private readonly SafeHandle _socket;
    private readonly DescriptorHandle _reading;
    private readonly DescriptorHandle _writing;
    private bool _isUnsupported;
    private bool _isUnsettled;

    /// <param name="socket">A Unix socket of nobody else's; its calls do not wait from now on.</param>
    /// <exception cref="IOException">No descriptors are left.</exception>
    public SpliceWriter(SafeHandle socket)
    {
        _socket = socket;
        (_reading, _writing) = Files.MakePipe();
        Splicing.Resize(_writing, PipeLength);
        _ = Files.SetNonBlocking(socket, true);
    }

    public void Write(ref PieceList pieces)
    {
        while (!pieces.IsEmpty && !_isUnsupported)
        {
            int referred = Splicing.Refer(_writing, pieces.Left);
            _isUnsupported = referred <= 0;
            _isUnsettled = true;
            while (referred > 0 && !_isUnsupported)
            {
                int moved = Splicing.Move(_reading, _socket, referred);
                switch (moved)
                {
                    case > 0:
                        pieces.Advance(moved);
                        referred -= moved;
                        break;

                    case -Errno.TryAgain:
                        Descriptors.Wait(_socket, PollEvents.Writable);
                        break;

                    case 0 or -Errno.Invalid or -Errno.NotImplemented or -Errno.NotSupported:
                        _isUnsupported = true; // what is in the pipe is still among the pieces
                        break;

                    default:
                        throw Failure(moved);
                }
            }
        }
    }

    /// <summary>Waits until the peer has read everything.</summary>
    public bool Settle()
    {
        for (int i = 0; _isUnsettled && SocketOptions.CountUnread(_socket) > 0; i++)
        {
            if (i < Patience) Thread.Yield();
            else if (Descriptors.Wait(_socket, PollEvents.None, 1).HasFlag(PollEvents.HungUp)) throw Failure(-Errno.BrokenPipe);
        }

        _isUnsettled = false;
        return false;
    }

    public void Dispose()
    {
        _reading.Dispose();
        _writing.Dispose();
    }

    private static ChannelException Failure(int error) => new($"Unable to write to socket: {Errno.Text(error)}");
}
