using System.Buffers.Binary;
using System.Net.Sockets;

namespace Qmp.Interop.Proxy;

/// <summary>
/// Stands between a source and a destination on Unix sockets, for one connection: keeps what comes back, and can stop
/// at a point of the stream.
/// </summary>
/// <remarks>
/// Where it stops it reads no further, so that a sender has to wait as it would for a destination that does not read.
/// An end that leaves takes the other end's connection with it.
/// </remarks>
internal sealed class StreamProxy : IAsyncDisposable
{
    private const int ChunkSize = 64 << 10;
    private const int HeaderSize = 4; // of a message on the return path
    private const ushort Shut = 1;

    // The command, and the section that follows it: together they do not come up by chance.
    private static readonly byte[] SwitchoverStart = [8, 0, 11, 0, 0];
    private static readonly byte[] SwitchoverStartAndEnd = [.. SwitchoverStart, 3];

    private readonly Socket _listener = NewSocket();
    private readonly Socket _destination = NewSocket();
    private readonly UnixDomainSocketEndPoint _target;
    private readonly StreamStop? _stop;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new(); // guards _backward, _awaited and _source
    private readonly List<byte> _backward = [];
    private readonly List<(int Count, TaskCompletionSource Enough)> _awaited = [];
    private readonly Task _serving;
    private Socket? _source;

    /// <summary>Listens from now on.</summary>
    /// <param name="path">Where sources connect to.</param>
    /// <param name="target">Where the destination listens by the time one does.</param>
    /// <param name="stop">Where to stop; nowhere by default.</param>
    public StreamProxy(string path, string target, StreamStop? stop = null)
    {
        _target = new UnixDomainSocketEndPoint(target);
        _stop = stop;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(1);
        _serving = ServeAsync();
    }

    /// <summary>Ends when it has stopped.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>What the destination has sent by now.</summary>
    public byte[] Backward
    {
        get
        {
            lock (_gate) return [.. _backward];
        }
    }

    /// <summary>Ends when the destination has sent so many bytes.</summary>
    public Task WhenBackwardAsync(int count)
    {
        lock (_gate)
        {
            if (_backward.Count >= count) return Task.CompletedTask;
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((count, enough));
            return enough.Task;
        }
    }

    /// <summary>Goes on, to the end.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Ends both connections.</summary>
    public void Cut()
    {
        _destination.Dispose();
        lock (_gate) _source?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Cut();
        Release();
        await _serving.ConfigureAwait(false);
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private async Task ServeAsync()
    {
        try
        {
            Socket source = await _listener.AcceptAsync().ConfigureAwait(false);
            lock (_gate) _source = source;
            await _destination.ConnectAsync(_target).ConfigureAwait(false);
            await Task.WhenAll(PumpForwardAsync(source), PumpBackwardAsync(source)).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEnd(e))
        {
            Cut();
        }
    }

    private async Task PumpForwardAsync(Socket source)
    {
        try
        {
            byte[] chunk = new byte[ChunkSize];
            long passed = 0;
            int overlap = 0; // bytes at the start of the chunk that were passed on already
            while (true)
            {
                if (passed == (_stop as StreamStop.AfterBytes)?.Count) await StopAsync().ConfigureAwait(false);
                int count = await source
                    .ReceiveAsync(chunk.AsMemory(overlap, Limit(passed, overlap)), SocketFlags.Peek).ConfigureAwait(false);
                if (count == 0) break;
                int end = EndOfSwitchoverStart(chunk.AsSpan(0, overlap + count));
                if (end >= 0) count = end - overlap;
                await ReadAllAsync(source, chunk.AsMemory(overlap, count)).ConfigureAwait(false);
                await SendAllAsync(_destination, chunk.AsMemory(overlap, count)).ConfigureAwait(false);
                passed += count;
                if (end >= 0) await StopAsync().ConfigureAwait(false);
                int kept = Math.Min(overlap + count, SwitchoverStartAndEnd.Length - 1);
                chunk.AsSpan(overlap + count - kept, kept).CopyTo(chunk);
                overlap = kept;
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // Either end has left.
        }

        Cut();
    }

    private int Limit(long passed, int overlap)
    {
        int room = ChunkSize - overlap;
        return _stop is StreamStop.AfterBytes stop && !_released.Task.IsCompleted
            ? (int)Math.Min(room, stop.Count - passed)
            : room;
    }

    // Where the command ends; -1 if there is none, or nobody wants to know.
    private int EndOfSwitchoverStart(ReadOnlySpan<byte> bytes)
    {
        if (_stop is not StreamStop.AfterSwitchoverStart || _released.Task.IsCompleted) return -1;
        int at = bytes.IndexOf(SwitchoverStartAndEnd);
        return at < 0 ? -1 : at + SwitchoverStart.Length;
    }

    private async Task PumpBackwardAsync(Socket source)
    {
        try
        {
            byte[] message = new byte[1 << 10];
            while (await ReadAllAsync(_destination, message.AsMemory(0, HeaderSize)).ConfigureAwait(false))
            {
                int length = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(2));
                await ReadAllAsync(_destination, message.AsMemory(HeaderSize, length)).ConfigureAwait(false);
                Keep(message.AsSpan(0, HeaderSize + length));
                bool isShut = BinaryPrimitives.ReadUInt16BigEndian(message) == Shut;
                if (_stop is StreamStop.BeforeShut && isShut) await StopAsync().ConfigureAwait(false);
                await SendAllAsync(source, message.AsMemory(0, HeaderSize + length)).ConfigureAwait(false);
                if (_stop is StreamStop.AfterShut && isShut) await StopAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // Either end has left.
        }

        Cut();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _backward.AddRange(bytes);
            foreach ((int count, TaskCompletionSource enough) in _awaited)
            {
                if (_backward.Count >= count) enough.TrySetResult();
            }
        }
    }

    private Task StopAsync()
    {
        _stopped.TrySetResult();
        return _released.Task;
    }

    private static async Task<bool> ReadAllAsync(Socket socket, Memory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = await socket.ReceiveAsync(bytes).ConfigureAwait(false);
            if (count == 0) return false;
            bytes = bytes[count..];
        }

        return true;
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes).ConfigureAwait(false)..];
    }

    private static bool IsEnd(Exception e) =>
        e is SocketException or ObjectDisposedException or OperationCanceledException;
}
