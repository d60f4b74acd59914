using System.Runtime.InteropServices;
using Qmp.Linux;
using Qmp.Machine.Time;
using Qmp.Types;

namespace Qmp.Migration.Channels.Virtual;

/// <summary>Hands descriptors from machine to machine of one timeline. A reader gets what comes when all of it has been written.</summary>
internal sealed class VirtualCpr(Timeline timeline) : ICprConnector
{
    private readonly Lock _gate = new(); // guards _waiting
    private readonly Dictionary<string, Writer> _waiting = new(StringComparer.Ordinal);

    public ICprWriter Connect(MigrationAddress address)
    {
        if (address is not MigrationAddress.Socket { Value: SocketAddress.Unix unix }) return NoCpr.Instance.Connect(address);
        lock (_gate)
        {
            return _waiting.Remove(unix.Value.Path, out Writer? writer)
                ? writer
                : throw new ChannelException($"Failed to connect to '{unix.Value.Path}': Connection refused");
        }
    }

    public async ValueTask<ICprReader> AcceptAsync(MigrationAddress address)
    {
        if (address is not MigrationAddress.Socket { Value: SocketAddress.Unix unix }) return await NoCpr.Instance.AcceptAsync(address);
        var writer = new Writer(timeline);
        lock (_gate)
        {
            if (!_waiting.TryAdd(unix.Value.Path, writer)) throw new ChannelException($"Failed to bind socket to {unix.Value.Path}: Address already in use");
        }

        await writer.WhenWrittenAsync();
        return new Reader(writer);
    }

    // With what is under way.
    private sealed class Writer(Timeline timeline) : ICprWriter
    {
        private readonly Waker _written = timeline.CreateWaker();
        private readonly Waker _closed = timeline.CreateWaker();
        private volatile bool _isWritten;
        private volatile bool _isClosed;

        public List<byte> Bytes { get; } = [];

        public Queue<DescriptorHandle> Handed { get; } = new();

        public void Write(ReadOnlySpan<byte> bytes) => Bytes.AddRange(bytes);

        public void Write(byte carrier, SafeHandle descriptor)
        {
            Handed.Enqueue(SharedMemory.Duplicate(descriptor) ?? throw new ChannelException("Unable to write to socket: Too many open files"));
            Bytes.Add(carrier);
        }

        public void EndWriting()
        {
            _isWritten = true;
            _written.Wake();
        }

        public async ValueTask<bool> WaitForCloseAsync(CancellationToken cancellation)
        {
            using CancellationTokenRegistration registration = cancellation.Register(_closed.Wake);
            while (!_isClosed && !cancellation.IsCancellationRequested) await _closed.WaitAsync();
            return !cancellation.IsCancellationRequested;
        }

        public async ValueTask WhenWrittenAsync()
        {
            while (!_isWritten) await _written.WaitAsync();
        }

        public void Close()
        {
            foreach (DescriptorHandle unclaimed in Handed) unclaimed.Dispose();
            Handed.Clear();
            _isClosed = true;
            _closed.Wake();
        }

        public void Dispose() => EndWriting();
    }

    private sealed class Reader(Writer writer) : ICprReader
    {
        private int _at;

        public int Read(Span<byte> buffer)
        {
            int count = Math.Min(buffer.Length, writer.Bytes.Count - _at);
            CollectionsMarshal.AsSpan(writer.Bytes).Slice(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }

        public DescriptorHandle? TakeDescriptor() => writer.Handed.TryDequeue(out DescriptorHandle? first) ? first : null;

        public void Dispose() => writer.Close();
    }
}
