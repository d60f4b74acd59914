using System.Runtime.InteropServices;
using Qmp.Linux;

namespace Qmp.Migration.Channels.Posix;

/// <summary><see cref="InPlaceMethod.ZeroCopy"/>.</summary>
internal sealed class ZeroCopyWriter(SafeHandle socket) : IInPlaceWriter
{
    private const int NoBuffers = 105; // ENOBUFS

    private int _calls; // that the kernel is not done with

    public void Write(ref PieceList pieces)
    {
        while (!pieces.IsEmpty)
        {
            int sent = ZeroCopy.Gather(socket, pieces.Left);
            if (sent >= 0)
            {
                _calls++;
                pieces.Advance(sent);
                continue;
            }

            switch (-sent)
            {
                case Errno.TryAgain:
                    Descriptors.Wait(socket, PollEvents.Writable);
                    break;

                case NoBuffers when _calls > 0:
                    TakeDone(); // memory is unlocked by that
                    break;

                case NoBuffers:
                    throw new ChannelException("Process can't lock enough memory for using MSG_ZEROCOPY");

                default:
                    throw new ChannelException($"Unable to write to socket: {Errno.Text(sent)}");
            }
        }
    }

    public bool Settle()
    {
        if (_calls == 0) return false;
        bool all = true;
        while (_calls > 0) all &= TakeDone();
        return all;
    }

    public void Dispose()
    {
    }

    // Waits for the kernel to be done with some of what it reads in place; says whether it copied that.
    private bool TakeDone()
    {
        while (true)
        {
            int done = ZeroCopy.TakeDone(socket, out bool wereCopied);
            if (done > 0)
            {
                _calls -= done;
                return wereCopied;
            }

            if (done != -Errno.TryAgain) throw new ChannelException($"Unable to read errqueue: {Errno.Text(done)}");
            if (Descriptors.Wait(socket, PollEvents.None).HasFlag(PollEvents.HungUp))
            {
                throw new ChannelException($"Unable to write to socket: {Errno.Text(Errno.BrokenPipe)}");
            }
        }
    }
}
