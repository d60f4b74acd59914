using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Qmp.Protocol.Transport;

/// <summary>Receiving with descriptors and sending without waiting, on any stream socket.</summary>
internal static unsafe class SocketCalls
{
    /// <summary>What the calls return when they would have to wait.</summary>
    public const int WouldBlock = -1;

    /// <summary>What the calls return when the connection is broken.</summary>
    public const int Broken = -2;

    /// <summary>QEMU takes 16 descriptors at a time; the kernel closes the others.</summary>
    private const int MaxDescriptors = 16;

    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    /// <summary>Receives bytes; passed descriptors go into <paramref name="descriptors"/>.</summary>
    /// <returns>The number of bytes, 0 at the end, <see cref="WouldBlock"/> or <see cref="Broken"/>.</returns>
    public static int Receive(SafeHandle socket, Span<byte> buffer, DescriptorBox descriptors, bool wait)
    {
        nuint controlLength = (nuint)sizeof(LibC.ControlHeader) + (MaxDescriptors * sizeof(int));
        byte* control = stackalloc byte[(int)controlLength];
        fixed (byte* bytes = buffer)
        {
            var vector = new LibC.IoVector { Base = bytes, Length = (nuint)buffer.Length };
            int flags = LibC.MessageCloseOnExec | (wait ? 0 : LibC.MessageDontWait);
            while (true)
            {
                var message = new LibC.MessageHeader
                {
                    Vectors = &vector,
                    VectorCount = 1,
                    Control = control,
                    ControlLength = controlLength,
                };
                nint received = LibC.ReceiveMessage(socket, &message, flags);
                if (received >= 0)
                {
                    if (message.ControlLength > 0) TakeDescriptors(control, message.ControlLength, descriptors);
                    return (int)received;
                }

                int error = Marshal.GetLastPInvokeError();
                if (error == LibC.TryAgain) return WouldBlock;
                if (error != LibC.Interrupted) return Broken;
            }
        }
    }

    /// <summary>Sends what fits without waiting.</summary>
    /// <returns>The number of bytes, <see cref="WouldBlock"/> or <see cref="Broken"/>.</returns>
    public static int Send(SafeHandle socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            while (true)
            {
                nint sent = LibC.Send(socket, first, (nuint)bytes.Length, LibC.MessageDontWait | LibC.MessageNoSignal);
                if (sent >= 0) return (int)sent;
                int error = Marshal.GetLastPInvokeError();
                if (error == LibC.TryAgain) return WouldBlock;
                if (error != LibC.Interrupted) return Broken;
            }
        }
    }

    /// <summary>Sends what fits without waiting; <paramref name="descriptor"/> travels with the first byte.</summary>
    /// <returns>The number of bytes, <see cref="WouldBlock"/> or <see cref="Broken"/>.</returns>
    public static int Send(SafeHandle socket, ReadOnlySpan<byte> bytes, SafeHandle descriptor)
    {
        const int DataLength = sizeof(int);
        nuint controlLength = ((nuint)sizeof(LibC.ControlHeader) + DataLength + 7) & ~(nuint)7;
        byte* control = stackalloc byte[(int)controlLength];
        bool held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            var header = (LibC.ControlHeader*)control;
            header->Length = (nuint)sizeof(LibC.ControlHeader) + DataLength;
            header->Level = LibC.SocketLevel;
            header->Type = LibC.PassedDescriptors;
            *(int*)(header + 1) = (int)descriptor.DangerousGetHandle();
            fixed (byte* first = bytes)
            {
                var vector = new LibC.IoVector { Base = first, Length = (nuint)bytes.Length };
                var message = new LibC.MessageHeader
                {
                    Vectors = &vector,
                    VectorCount = 1,
                    Control = control,
                    ControlLength = controlLength,
                };
                while (true)
                {
                    nint sent = LibC.SendMessage(
                        socket, &message, LibC.MessageDontWait | LibC.MessageNoSignal);
                    if (sent >= 0) return (int)sent;
                    int error = Marshal.GetLastPInvokeError();
                    if (error == LibC.TryAgain) return WouldBlock;
                    if (error != LibC.Interrupted) return Broken;
                }
            }
        }
        finally
        {
            if (held) descriptor.DangerousRelease();
        }
    }

    /// <summary>Waits until a send is worth trying, or certain to fail.</summary>
    public static void WaitWritable(SafeHandle socket)
    {
        bool held = false;
        try
        {
            socket.DangerousAddRef(ref held);
            var watched = new LibC.PollDescriptor
            {
                Descriptor = (int)socket.DangerousGetHandle(),
                Events = LibC.PollOut,
            };
            while (LibC.Poll(&watched, 1, -1) < 0 && Marshal.GetLastPInvokeError() == LibC.Interrupted)
            {
            }
        }
        finally
        {
            if (held) socket.DangerousRelease();
        }
    }

    /// <summary>Whether the peer has left for good; what it sent before may still be there to read.</summary>
    public static bool IsHungUp(SafeHandle socket)
    {
        bool held = false;
        try
        {
            socket.DangerousAddRef(ref held);
            var watched = new LibC.PollDescriptor { Descriptor = (int)socket.DangerousGetHandle() };
            return LibC.Poll(&watched, 1, 0) > 0 && (watched.Returned & (LibC.PollHangUp | LibC.PollError)) != 0;
        }
        finally
        {
            if (held) socket.DangerousRelease();
        }
    }

    /// <summary>
    /// The process that listened at the other end of a Unix socket; <see langword="null"/> if the connection is broken.
    /// </summary>
    public static int? PeerProcessId(Socket socket)
    {
        // struct ucred: process, user, group.
        Span<byte> credentials = stackalloc byte[3 * sizeof(int)];
        try
        {
            socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
            return MemoryMarshal.Read<int>(credentials);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    private static void TakeDescriptors(byte* control, nuint length, DescriptorBox descriptors)
    {
        nuint at = 0;
        while (at + (nuint)sizeof(LibC.ControlHeader) <= length)
        {
            var header = (LibC.ControlHeader*)(control + at);
            if (header->Length < (nuint)sizeof(LibC.ControlHeader) || header->Length > length - at) break;
            int count = (int)(header->Length - (nuint)sizeof(LibC.ControlHeader)) / sizeof(int);
            if (header->Level == LibC.SocketLevel && header->Type == LibC.PassedDescriptors && count > 0)
            {
                descriptors.Put(new ReadOnlySpan<int>(header + 1, count).ToArray());
            }

            at += (header->Length + 7) & ~(nuint)7;
        }
    }
}
