using System.Net.Sockets;
using System.Runtime.InteropServices;
using Qmp.Linux;
using Qmp.Linux.Addresses;
using Qmp.Types;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Unix sockets between two programs of one host.</summary>
internal sealed class CprConnector : ICprConnector
{
    public ICprWriter Connect(MigrationAddress address)
    {
        if (address is not MigrationAddress.Socket { Value: SocketAddress.Unix unix }) return NoCpr.Instance.Connect(address);
        try
        {
            return new Channel(StreamSockets.Connect(SocketConnector.Convert(unix.Value)));
        }
        catch (AddressException e)
        {
            throw new ChannelException(e.Message);
        }
    }

    public ValueTask<ICprReader> AcceptAsync(MigrationAddress address)
    {
        if (address is not MigrationAddress.Socket { Value: SocketAddress.Unix unix }) return NoCpr.Instance.AcceptAsync(address);
        StreamAddress.Unix local = StreamSockets.Named(SocketConnector.Convert(unix.Value));
        try
        {
            IReadOnlyList<DescriptorHandle> listening = StreamSockets.Listen(local, backlog: 1);
            using DescriptorHandle socket = listening[0];
            try
            {
                return new ValueTask<ICprReader>(Accept(socket));
            }
            finally
            {
                if (!local.IsAbstract) _ = Files.Unlink(local.Path);
            }
        }
        catch (IOException e)
        {
            throw new ChannelException(e.Message);
        }
    }

    private static Channel Accept(DescriptorHandle socket)
    {
        while (true)
        {
            Descriptors.Wait(socket, PollEvents.Readable);
            if (Sockets.Accept(socket, out int error) is { } accepted) return new Channel(accepted);
            if (-error is not (Errno.TryAgain or Errno.ConnectionAborted)) throw new ChannelException($"Unable to accept connection: {Errno.Text(error)}");
        }
    }

    private sealed class Channel(DescriptorHandle socket) : ICprWriter, ICprReader
    {
        private readonly Queue<DescriptorHandle> _received = new();

        public void Write(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty) bytes = bytes[Sent(Sockets.Send(socket, bytes))..];
        }

        public void Write(byte carrier, SafeHandle descriptor)
        {
            while (Sent(Sockets.Send(socket, [carrier], descriptor)) == 0)
            {
            }
        }

        public void EndWriting() => _ = Sockets.Shutdown(socket, SocketShutdown.Send);

        public int Read(Span<byte> buffer)
        {
            while (true)
            {
                int read = Sockets.Receive(socket, buffer, wait: true, out int[] descriptors);
                foreach (int descriptor in descriptors) _received.Enqueue(new DescriptorHandle(descriptor, ownsHandle: true));
                if (read >= 0) return read;
                if (read != -Errno.TryAgain) throw new ChannelException($"Unable to read from socket: {Errno.Text(read)}");
                Descriptors.Wait(socket, PollEvents.Readable);
            }
        }

        public DescriptorHandle? TakeDescriptor() => _received.TryDequeue(out DescriptorHandle? first) ? first : null;

        public ValueTask<bool> WaitForCloseAsync(CancellationToken cancellation)
        {
            using var wake = new WakeEvent();
            using CancellationTokenRegistration registration = cancellation.Register(wake.Set);
            Descriptors.Wait(socket, PollEvents.None, wake, out bool cancelled);
            return new ValueTask<bool>(!cancelled);
        }

        public void Dispose()
        {
            foreach (DescriptorHandle unclaimed in _received) unclaimed.Dispose();
            socket.Dispose();
        }

        // How many bytes were taken; waits where there was no room.
        private int Sent(int result)
        {
            if (result >= 0) return result;
            if (result != -Errno.TryAgain) throw new ChannelException($"Unable to write to socket: {Errno.Text(result)}");
            Descriptors.Wait(socket, PollEvents.Writable);
            return 0;
        }
    }
}
