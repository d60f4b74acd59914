using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>Sends without a copy (MSG_ZEROCOPY): the kernel takes pages from where they are, and says when it is done.</summary>
public static unsafe class ZeroCopy
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int Option = 60; // SO_ZEROCOPY
    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int ErrorQueue = 0x2000; // MSG_ERRQUEUE
    private const int InPlace = 0x4000000; // MSG_ZEROCOPY
    private const int FromZeroCopy = 5; // SO_EE_ORIGIN_ZEROCOPY
    private const int CopiedAllTheSame = 1; // SO_EE_CODE_ZEROCOPY_COPIED
    private const int ControlLength = 256;

    /// <summary>Lets a socket send so, where its kind can.</summary>
    /// <returns>Whether it can.</returns>
    public static bool TryEnable(SafeHandle socket) => LibC.SetOption(socket, SocketLevel, Option, 1, sizeof(int)) == 0;

    /// <summary>Gathers pieces of memory and sends them; they stay in use until <see cref="TakeDone"/> has told of it.</summary>
    /// <returns>How many bytes were taken, or a negated error number.</returns>
    public static int Gather(SafeHandle socket, ReadOnlySpan<IoVector> pieces)
    {
        fixed (IoVector* first = pieces)
        {
            var message = new LibC.MessageHeader { Pieces = first, PieceCount = (nuint)pieces.Length };
            while (true)
            {
                nint sent = LibC.SendMessage(socket, &message, InPlace | NoSignal | DontWait);
                if (sent >= 0) return (int)sent;
                if (Errno.Negated is var error && error != -Errno.Interrupted) return error;
            }
        }
    }

    /// <summary>Asks how many calls of <see cref="Gather"/> the kernel is done with, since it was asked last.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="wereCopied">Whether their pages were copied all the same, as on the loopback.</param>
    /// <returns>How many, or a negated error number: <see cref="Errno.TryAgain"/> if it has nothing to tell yet.</returns>
    public static int TakeDone(SafeHandle socket, out bool wereCopied)
    {
        byte* control = stackalloc byte[ControlLength];
        wereCopied = false;
        var message = new LibC.MessageHeader { Control = control, ControlLength = ControlLength };
        nint received;
        do
        {
            received = LibC.ReceiveMessage(socket, &message, ErrorQueue | DontWait);
        }
        while (received < 0 && Errno.Negated == -Errno.Interrupted);
        if (received < 0) return Errno.Negated;
        if (message.ControlLength < (nuint)(sizeof(LibC.ControlHeader) + sizeof(ExtendedError))) return -Errno.TryAgain;
        var error = (ExtendedError*)(control + sizeof(LibC.ControlHeader));
        if (error->Number != 0) return -(int)error->Number;
        if (error->Origin != FromZeroCopy || error->Last < error->First) return -Errno.TryAgain;
        wereCopied = error->Code == CopiedAllTheSame;
        return (int)(error->Last - error->First) + 1;
    }

    // C's struct sock_extended_err
    [StructLayout(LayoutKind.Sequential)]
    private struct ExtendedError
    {
        public uint Number;
        public byte Origin;
        public byte Type;
        public byte Code;
        public byte Padding;
        public uint First;
        public uint Last;
    }
}
