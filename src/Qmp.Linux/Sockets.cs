using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>Stream sockets. A call returns what it did, or a negated number of <see cref="Errno"/>.</summary>
/// <remarks>
/// .NET's sockets drop descriptors that come along with bytes, fold error numbers into a few, and take the mode of a
/// descriptor for their own.
/// </remarks>
public static unsafe class Sockets
{
    private const int StreamCloseOnExec = 0x80001; // SOCK_STREAM | SOCK_CLOEXEC
    private const int CloseOnExec = 0x80000; // SOCK_CLOEXEC
    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int ReceiveCloseOnExec = 0x40000000; // MSG_CMSG_CLOEXEC
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int Rights = 1; // SCM_RIGHTS

    /// <summary>QEMU takes 16 descriptors at a time; the kernel closes the others.</summary>
    private const int MaxDescriptors = 16;

    /// <summary>Milliseconds between tries to connect to a Unix socket whose queue is full.</summary>
    private const int FullQueueInterval = 10;

    /// <summary>Makes a stream socket, or returns <see langword="null"/> with the error.</summary>
    /// <param name="family">The address family.</param>
    /// <param name="protocol">The protocol; 0 for the family's own.</param>
    /// <param name="error">The negated number, or 0.</param>
    public static DescriptorHandle? Open(int family, int protocol, out int error) =>
        Take(LibC.OpenSocket(family, StreamCloseOnExec, protocol), out error);

    /// <summary>Connects, waiting whatever mode the socket is in.</summary>
    /// <param name="socket">The socket; in blocking mode <paramref name="cancel"/> is not looked at.</param>
    /// <param name="address">The address.</param>
    /// <param name="cancel">Gives up when it is set.</param>
    /// <returns>0, or a negated error number: <see cref="Errno.Canceled"/> after giving up.</returns>
    public static int Connect(SafeHandle socket, RawAddress address, WakeEvent? cancel = null)
    {
        while (true)
        {
            int result = Result(LibC.Connect(socket, address.Bytes, address.Bytes.Length));
            bool canceled = false;
            switch (result)
            {
                case -Errno.InProgress:
                    if (cancel is null) Descriptors.Wait(socket, PollEvents.Writable);
                    else Descriptors.Wait(socket, PollEvents.Writable, cancel, out canceled);
                    return canceled ? -Errno.Canceled : -SocketOptions.TakeError(socket);
                case -Errno.TryAgain when cancel is not null:
                    // A Unix socket whose queue is full: nothing tells when there is a place in it.
                    Descriptors.Wait(null, PollEvents.None, cancel, out canceled, FullQueueInterval);
                    if (canceled) return -Errno.Canceled;
                    break;
                case -Errno.Interrupted:
                    break;
                default:
                    return result;
            }
        }
    }

    /// <summary>Binds to an address.</summary>
    /// <returns>0, or a negated error number.</returns>
    public static int Bind(SafeHandle socket, RawAddress address) =>
        Result(LibC.Bind(socket, address.Bytes, address.Bytes.Length));

    /// <summary>Listens, with that many clients waiting behind the first one.</summary>
    /// <returns>0, or a negated error number.</returns>
    public static int Listen(SafeHandle socket, int backlog) => Result(LibC.Listen(socket, backlog));

    /// <summary>Accepts a client, or returns <see langword="null"/> with the error.</summary>
    /// <param name="socket">A listening socket; in blocking mode this waits for a client.</param>
    /// <param name="error">The negated number, or 0.</param>
    public static DescriptorHandle? Accept(SafeHandle socket, out int error)
    {
        while (true)
        {
            DescriptorHandle? accepted = Take(LibC.Accept(socket, 0, 0, CloseOnExec), out error);
            if (error != -Errno.Interrupted) return accepted;
        }
    }

    /// <summary>Makes two sockets that are connected to each other.</summary>
    /// <exception cref="IOException">No descriptors are left.</exception>
    public static (DescriptorHandle First, DescriptorHandle Second) Pair()
    {
        int* pair = stackalloc int[2];
        if (LibC.MakePair(RawAddress.Unix, StreamCloseOnExec, 0, pair) < 0)
        {
            throw new IOException($"cannot make a pair of sockets: {Errno.Text(Errno.Negated)}");
        }

        return (new DescriptorHandle(pair[0], ownsHandle: true), new DescriptorHandle(pair[1], ownsHandle: true));
    }

    /// <summary>Ends receiving, sending or both, and wakes who waits for that.</summary>
    /// <returns>0, or a negated error number.</returns>
    public static int Shutdown(SafeHandle socket, SocketShutdown how) => Result(LibC.Shutdown(socket, (int)how));

    /// <summary>Receives bytes; descriptors that come along are closed.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="buffer">Where they go.</param>
    /// <param name="wait">Whether to wait for some, if the socket's mode allows.</param>
    /// <returns>How many came, 0 at the end, or a negated error number.</returns>
    public static int Receive(SafeHandle socket, Span<byte> buffer, bool wait = true)
    {
        fixed (byte* first = buffer)
        {
            while (true)
            {
                int received = Result(LibC.Receive(socket, first, (nuint)buffer.Length, wait ? 0 : DontWait));
                if (received != -Errno.Interrupted) return received;
            }
        }
    }

    /// <summary>Receives bytes and the descriptors that come along.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="wait">Whether to wait for some, if the socket's mode allows.</param>
    /// <param name="descriptors">
    /// The descriptors, at most 16, now the caller's; usually none. Where the table is nearly full
    /// (<see cref="DescriptorTable"/>) they are closed, as the system does where it is full.
    /// </param>
    /// <returns>How many bytes came, 0 at the end, or a negated error number.</returns>
    public static int Receive(SafeHandle socket, Span<byte> buffer, bool wait, out int[] descriptors)
    {
        nuint controlLength = (nuint)sizeof(LibC.ControlHeader) + (MaxDescriptors * sizeof(int));
        byte* control = stackalloc byte[(int)controlLength];
        descriptors = [];
        fixed (byte* bytes = buffer)
        {
            var piece = new IoVector((nint)bytes, buffer.Length);
            while (true)
            {
                var message = new LibC.MessageHeader
                {
                    Pieces = &piece,
                    PieceCount = 1,
                    Control = control,
                    ControlLength = controlLength,
                };
                int received = Result(
                    LibC.ReceiveMessage(socket, &message, ReceiveCloseOnExec | (wait ? 0 : DontWait)));
                if (received == -Errno.Interrupted) continue;
                if (received >= 0 && message.ControlLength > 0) descriptors = Read(control, message.ControlLength);
                return received;
            }
        }
    }

    /// <summary>Sends what fits without waiting.</summary>
    /// <returns>How many bytes were taken, or a negated error number.</returns>
    public static int Send(SafeHandle socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            while (true)
            {
                int sent = Result(LibC.Send(socket, first, (nuint)bytes.Length, NoSignal | DontWait));
                if (sent != -Errno.Interrupted) return sent;
            }
        }
    }

    /// <summary>Sends what fits without waiting; the descriptors travel with the first byte.</summary>
    /// <returns>How many bytes were taken, or a negated error number.</returns>
    /// <exception cref="ObjectDisposedException">The socket or a descriptor was closed before.</exception>
    public static int Send(SafeHandle socket, ReadOnlySpan<byte> bytes, params ReadOnlySpan<SafeHandle> descriptors)
    {
        int dataLength = descriptors.Length * sizeof(int);
        int controlLength = (sizeof(LibC.ControlHeader) + dataLength + 7) & ~7;
        byte* control = stackalloc byte[controlLength];
        int held = 0;
        try
        {
            var header = (LibC.ControlHeader*)control;
            header->Length = (nuint)(sizeof(LibC.ControlHeader) + dataLength);
            header->Level = SocketLevel;
            header->Type = Rights;
            for (; held < descriptors.Length; held++)
            {
                bool added = false;
                descriptors[held].DangerousAddRef(ref added);
                ((int*)(header + 1))[held] = (int)descriptors[held].DangerousGetHandle();
            }

            fixed (byte* first = bytes)
            {
                var piece = new IoVector((nint)first, bytes.Length);
                var message = new LibC.MessageHeader
                {
                    Pieces = &piece,
                    PieceCount = 1,
                    Control = control,
                    ControlLength = (nuint)controlLength,
                };
                return SendMessage(socket, &message, DontWait);
            }
        }
        finally
        {
            while (held-- > 0) descriptors[held].DangerousRelease();
        }
    }

    /// <summary>Gathers pieces of memory and sends them.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="pieces">What is sent.</param>
    /// <param name="wait">Whether to wait for room, if the socket's mode allows.</param>
    /// <returns>How many bytes were taken, or a negated error number.</returns>
    public static int Gather(SafeHandle socket, ReadOnlySpan<IoVector> pieces, bool wait = true)
    {
        fixed (IoVector* first = pieces)
        {
            var message = new LibC.MessageHeader { Pieces = first, PieceCount = (nuint)pieces.Length };
            return SendMessage(socket, &message, wait ? 0 : DontWait);
        }
    }

    /// <summary>Receives into pieces of memory.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="pieces">Where bytes go.</param>
    /// <returns>How many bytes came, 0 at the end, or a negated error number.</returns>
    public static int Scatter(SafeHandle socket, ReadOnlySpan<IoVector> pieces)
    {
        fixed (IoVector* first = pieces)
        {
            var message = new LibC.MessageHeader { Pieces = first, PieceCount = (nuint)Math.Min(pieces.Length, Files.MaxPieces) };
            while (true)
            {
                int received = Result(LibC.ReceiveMessage(socket, &message, ReceiveCloseOnExec));
                if (received != -Errno.Interrupted) return received;
            }
        }
    }

    private static int SendMessage(SafeHandle socket, LibC.MessageHeader* message, int flags)
    {
        while (true)
        {
            int sent = Result(LibC.SendMessage(socket, message, flags | NoSignal));
            if (sent != -Errno.Interrupted) return sent;
        }
    }

    private static DescriptorHandle? Take(int descriptor, out int error)
    {
        error = descriptor < 0 ? Errno.Negated : 0;
        return descriptor < 0 ? null : new DescriptorHandle(descriptor, ownsHandle: true);
    }

    private static int Result(nint result) => result < 0 ? Errno.Negated : (int)result;

    private static int[] Read(byte* control, nuint length)
    {
        int[] descriptors = [];
        nuint at = 0;
        while (at + (nuint)sizeof(LibC.ControlHeader) <= length)
        {
            var header = (LibC.ControlHeader*)(control + at);
            if (header->Length < (nuint)sizeof(LibC.ControlHeader) || header->Length > length - at) break;
            int count = (int)(header->Length - (nuint)sizeof(LibC.ControlHeader)) / sizeof(int);
            if (header->Level == SocketLevel && header->Type == Rights && count > 0)
            {
                foreach (int descriptor in new ReadOnlySpan<int>(header + 1, count))
                {
                    if (DescriptorTable.LeavesRoom(descriptor)) descriptors = [.. descriptors, descriptor];
                    else Files.Close(descriptor);
                }
            }

            at += (header->Length + 7) & ~(nuint)7;
        }

        return descriptors;
    }
}
