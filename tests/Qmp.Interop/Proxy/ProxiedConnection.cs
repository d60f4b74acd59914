using System.Buffers.Binary;
using System.Net.Sockets;

namespace Qmp.Interop.Proxy;

/// <summary>One connection of a source, and the one that is made to the destination for it.</summary>
/// <param name="source">The source's.</param>
/// <param name="target">Where the destination listens.</param>
/// <param name="gate">Where to stop.</param>
/// <param name="returned">Keeps what comes back over the main stream's.</param>
/// <param name="progress">Called when a channel is known or has come to a barrier, or the main stream to a device.</param>
/// <param name="isMain">Whether it is the main stream of a migration that goes on, which is told by nothing that it begins with.</param>
internal sealed class ProxiedConnection(
    Socket source, UnixDomainSocketEndPoint target, StreamGate gate, ReturnLog returned, Action progress, bool isMain)
{
    private const int ChunkSize = 64 << 10;
    private const int HeaderSize = 4; // of a message on the return path
    private const ushort Shut = 1;
    private const uint StreamMagic = 0x5145564d; // "QEVM"
    private const int MagicSize = 4;
    private const int GreetingSize = 64;
    private const int NumberPlace = 24; // in a greeting
    private const int PacketSize = 1344; // without its pages
    private const int FlagsPlace = 8; // in a packet
    private const int LengthPlace = 20;
    private const uint Sync = 1;

    // The command, and the section that follows it: together they do not come up by chance.
    private static readonly byte[] SwitchoverStart = [8, 0, 11, 0, 0];
    private static readonly byte[] SwitchoverStartAndEnd = [.. SwitchoverStart, 3];

    // The command, and the length of the length that follows it.
    private static readonly byte[] Package = [8, 0, 7, 0, 4];

    // A device that is sent when the memory is complete.
    private static readonly byte[] Device = "globalstate"u8.ToArray();

    private readonly Socket _destination = NewSocket();
    private volatile int _channel = -1;
    private volatile int _barriers = -1;
    private volatile bool _hasDevice;
    private long _passed;

    /// <summary>Which multifd channel it is; <see langword="null"/> if it is none, or that is not known yet.</summary>
    public int? Channel => _channel < 0 ? null : _channel;

    /// <summary>How many barriers the destination was sent on it; -1 before the greeting.</summary>
    public int Barriers => _barriers;

    /// <summary>Whether the destination was sent a device, behind all of the memory.</summary>
    public bool HasDevice => _hasDevice;

    /// <summary>Whether one of the ends has left.</summary>
    public static bool IsEnd(Exception e) =>
        e is SocketException or ObjectDisposedException or OperationCanceledException;

    public static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>Passes on what comes, until an end leaves.</summary>
    public async Task RunAsync()
    {
        Task? backward = null;
        try
        {
            bool connectsLate = gate.Stop is StreamStop.BeforeConnecting;
            if (!connectsLate) backward = await ConnectAsync().ConfigureAwait(false);
            if (!isMain) await IdentifyAsync().ConfigureAwait(false);
            if (connectsLate)
            {
                if (StopHere is StreamStop.BeforeConnecting) await gate.StopAsync().ConfigureAwait(false);
                backward = await ConnectAsync().ConfigureAwait(false);
            }

            await (Channel is null ? PumpStreamAsync() : PumpPacketsAsync()).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // Either end has left.
        }

        Cut();
        if (backward is not null) await backward.ConfigureAwait(false);
    }

    /// <summary>Ends both; the source sees it before anything that the destination does about it.</summary>
    public void Cut()
    {
        source.Dispose();
        _destination.Dispose();
    }

    // Where to stop on this connection.
    private StreamStop? StopHere => gate.Stop is { } stop && stop.Channel == Channel ? stop : null;

    // The task that passes on what comes back.
    private async Task<Task> ConnectAsync()
    {
        await _destination.ConnectAsync(target).ConfigureAwait(false);
        return PumpBackwardAsync();
    }

    private async Task IdentifyAsync()
    {
        byte[] start = new byte[GreetingSize];
        await PeekAsync(start.AsMemory(0, MagicSize)).ConfigureAwait(false);
        if (BinaryPrimitives.ReadUInt32BigEndian(start) == StreamMagic) return;
        await PeekAsync(start).ConfigureAwait(false);
        _channel = start[NumberPlace];
        progress();
    }

    private async Task PeekAsync(Memory<byte> bytes)
    {
        for (int count = 0; count < bytes.Length; await Task.Yield())
        {
            count = await source.ReceiveAsync(bytes, SocketFlags.Peek).ConfigureAwait(false);
            if (count == 0) throw new OperationCanceledException("the source has left");
        }
    }

    private async Task PumpStreamAsync()
    {
        byte[] chunk = new byte[ChunkSize];
        int overlap = 0; // bytes at the start of the chunk that were passed on already
        while (true)
        {
            if (_passed == (StopHere as StreamStop.AfterBytes)?.Count) await StopWhenWaitingAsync().ConfigureAwait(false);
            int count = await source
                .ReceiveAsync(chunk.AsMemory(overlap, Limit(ChunkSize - overlap)), SocketFlags.Peek).ConfigureAwait(false);
            if (count == 0) break;
            int end = EndOfMark(chunk.AsSpan(0, overlap + count));
            if (end >= 0) count = end - overlap;
            await ReadAsync(source, chunk.AsMemory(overlap, count)).ConfigureAwait(false);
            await SendAsync(_destination, chunk.AsMemory(overlap, count)).ConfigureAwait(false);
            _passed += count;
            if (!_hasDevice && chunk.AsSpan(0, overlap + count).IndexOf(Device) >= 0)
            {
                _hasDevice = true;
                progress();
            }

            if (end >= 0) await gate.StopAsync().ConfigureAwait(false);
            int kept = Math.Min(overlap + count, Device.Length - 1);
            chunk.AsSpan(overlap + count - kept, kept).CopyTo(chunk);
            overlap = kept;
        }
    }

    private int Limit(int room) => StopHere is StreamStop.AfterBytes stop ? (int)Math.Min(room, stop.Count - _passed) : room;

    // Where a command ends that is waited for; -1 if there is none.
    private int EndOfMark(ReadOnlySpan<byte> bytes)
    {
        (byte[]? mark, int length) = StopHere switch
        {
            StreamStop.AfterSwitchoverStart => (SwitchoverStartAndEnd, SwitchoverStart.Length),
            StreamStop.BeforePackage => (Package, Package.Length),
            _ => (null, 0),
        };
        int at = mark is null ? -1 : bytes.IndexOf(mark);
        return at < 0 ? -1 : at + length;
    }

    private async Task PumpPacketsAsync()
    {
        byte[] packet = new byte[PacketSize];
        byte[] chunk = new byte[ChunkSize];
        if (!await PassAsync(packet.AsMemory(0, GreetingSize)).ConfigureAwait(false)) return;
        Reached(0);
        while (true)
        {
            int count = await ReadAsync(source, packet).ConfigureAwait(false);
            bool isBarrier = count == PacketSize && (BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(FlagsPlace)) & Sync) != 0;
            if (isBarrier && StopHere is StreamStop.WithinBarrier stop && stop.Number == _barriers + 1)
            {
                await SendAsync(_destination, packet.AsMemory(0, PacketSize / 2)).ConfigureAwait(false);
                await gate.StopAsync().ConfigureAwait(false);
                await SendAsync(_destination, packet.AsMemory(PacketSize / 2)).ConfigureAwait(false);
            }
            else
            {
                await PassOnAsync(packet.AsMemory(0, count)).ConfigureAwait(false);
            }

            if (count < PacketSize) return;
            if (isBarrier) Reached(_barriers + 1);
            for (int left = (int)BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(LengthPlace)); left > 0;)
            {
                int length = Math.Min(left, ChunkSize);
                if (!await PassAsync(chunk.AsMemory(0, length)).ConfigureAwait(false)) return;
                left -= length;
            }
        }
    }

    private void Reached(int barrier)
    {
        _barriers = barrier;
        progress();
    }

    // False if the source has left before the end of them.
    private async Task<bool> PassAsync(Memory<byte> bytes)
    {
        if (Limit(bytes.Length) == 0) await StopWhenWaitingAsync().ConfigureAwait(false);
        int count = await ReadAsync(source, bytes).ConfigureAwait(false);
        await PassOnAsync(bytes[..count]).ConfigureAwait(false);
        return count == bytes.Length;
    }

    private async Task PassOnAsync(ReadOnlyMemory<byte> bytes)
    {
        int count = Limit(bytes.Length);
        await SendAsync(_destination, bytes[..count]).ConfigureAwait(false);
        _passed += count;
        if (count == bytes.Length) return;
        await StopWhenWaitingAsync().ConfigureAwait(false);
        await SendAsync(_destination, bytes[count..]).ConfigureAwait(false);
        _passed += bytes.Length - count;
    }

    // What is not read can only be asked for.
    private async Task StopWhenWaitingAsync()
    {
        int waiting = (StopHere as StreamStop.AfterBytes)?.Waiting ?? 0;
        while (source.Available < waiting) await Task.Delay(1).ConfigureAwait(false);
        await gate.StopAsync().ConfigureAwait(false);
    }

    private async Task PumpBackwardAsync()
    {
        try
        {
            byte[] message = new byte[1 << 16];
            if (isMain) await PumpRawAsync(message).ConfigureAwait(false);
            while (await ReadAsync(_destination, message.AsMemory(0, HeaderSize)).ConfigureAwait(false) == HeaderSize)
            {
                int length = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(2));
                await ReadAsync(_destination, message.AsMemory(HeaderSize, length)).ConfigureAwait(false);
                returned.Add(message.AsSpan(0, HeaderSize + length));
                bool isShut = BinaryPrimitives.ReadUInt16BigEndian(message) == Shut;
                if (StopHere is StreamStop.BeforeShut && isShut) await gate.StopAsync().ConfigureAwait(false);
                await SendAsync(source, message.AsMemory(0, HeaderSize + length)).ConfigureAwait(false);
                if (StopHere is StreamStop.AfterShut && isShut) await gate.StopAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // Either end has left.
        }

        Cut();
    }

    // Which pages have arrived is told outside of messages.
    private async Task PumpRawAsync(Memory<byte> chunk)
    {
        while (await _destination.ReceiveAsync(chunk).ConfigureAwait(false) is var count and > 0)
        {
            returned.Add(chunk.Span[..count]);
            await SendAsync(source, chunk[..count]).ConfigureAwait(false);
        }
    }

    // Fewer than there is room for only at the end.
    private static async Task<int> ReadAsync(Socket socket, Memory<byte> bytes)
    {
        int count = 0;
        while (count < bytes.Length && await socket.ReceiveAsync(bytes[count..]).ConfigureAwait(false) is var read and > 0)
        {
            count += read;
        }

        return count;
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes).ConfigureAwait(false)..];
    }
}
