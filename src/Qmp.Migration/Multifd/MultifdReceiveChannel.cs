using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.Multifd.Compression;
using Qmp.Migration.Multifd.Packets;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Multifd;

/// <summary>One multifd channel of a destination.</summary>
internal sealed class MultifdReceiveChannel : IDisposable
{
    private readonly MultifdReceiver _receiver;
    private readonly GuestMemory _memory;
    private readonly IMigrationChannel _connection;
    private readonly Waker _waker;
    private readonly IPageDecompressor _decompressor;
    private readonly int _number;
    private readonly FaultSite _faults;
    private readonly MultifdPacket _packet = new();
    private readonly byte[] _header = GC.AllocateUninitializedArray<byte>(MultifdPacket.Length, pinned: true);
    private CountedBody? _counted;
    private bool _corruptsNext;

    /// <param name="receiver">All of them.</param>
    /// <param name="memory">Where pages go.</param>
    /// <param name="connection">Its connection.</param>
    /// <param name="waker">Wakes its activity.</param>
    /// <param name="decompressor">Reads what follows its packets.</param>
    /// <param name="number">Its number, from 0.</param>
    public MultifdReceiveChannel(
        MultifdReceiver receiver,
        GuestMemory memory,
        IMigrationChannel connection,
        Waker waker,
        IPageDecompressor decompressor,
        int number)
    {
        _receiver = receiver;
        _memory = memory;
        _connection = connection;
        _waker = waker;
        _decompressor = decompressor;
        _number = number;
        _faults = receiver.Faults.Of(connection, CorruptNext);
    }

    /// <summary>Whether it waits at a barrier for the main stream.</summary>
    public bool IsAtBarrier { get; set; }

    /// <summary>Whether it has ended, so that no barrier will come any more.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Lets it look whether it may read on.</summary>
    public void Wake() => _waker.Wake();

    /// <summary>Changes a byte of what it reads next.</summary>
    public void CorruptNext() => _corruptsNext = true;

    /// <summary>Receives packets until the channel ends.</summary>
    public async ValueTask RunAsync()
    {
        try
        {
            while (await ReceiveAsync())
            {
            }

            _receiver.Ended(this);
        }
        catch (Exception e)
        {
            _receiver.Fail(e);
        }
    }

    public void Dispose() => _decompressor.Dispose();

    // False at the end of the channel.
    private async ValueTask<bool> ReceiveAsync()
    {
        await _faults.AtAsync(FaultPoint.MultifdReceive);
        if (!await ReadHeaderAsync() || _receiver.IsEnding) return false;
        _packet.Read(_header);
        if (_packet.NormalPages + _packet.ZeroPages > 0) await PlaceAsync();
        await _faults.AtAsync(FaultPoint.MultifdReceiveDone);
        if (_packet.Flags.HasFlag(MultifdFlags.Sync))
        {
            _receiver.Reached(this);
            while (!_receiver.MayPass(this)) await _waker.WaitAsync();
        }

        return true;
    }

    // False at the end of the channel. What the packet begins with is looked at before the rest is there.
    private async ValueTask<bool> ReadHeaderAsync()
    {
        for (int done = 0; done < _header.Length;)
        {
            int read = await _connection.ReadAsync(_header.AsMemory(done));
            if (read == 0) return done == 0 ? false : throw EndedAfter(done);
            if (_corruptsNext) _header[done] ^= 0xff;
            _corruptsNext = false;
            bool isKnown = done >= MultifdPacket.StartLength;
            done += read;
            if (isKnown || done < MultifdPacket.StartLength) continue;
            if (MultifdPacket.ReadStart(_header).HasFlag(MultifdFlags.DeviceState)) throw NoDeviceState();
        }

        return true;
    }

    private static LoadException EndedAfter(int length) => new(
        Errno.InputOutput,
        length == MultifdPacket.StartLength
            ? "multifd: unexpected EOF after packet header"
            : "Unexpected end-of-file before all data were read");

    private async ValueTask PlaceAsync()
    {
        RamBlock block = _memory.Find(_packet.Block) ?? throw MultifdPacket.Refusal($"multifd: unknown ram block {_packet.Block}");
        foreach (ulong offset in _packet.Offsets.AsSpan(0, _packet.NormalPages + _packet.ZeroPages)) CheckOffset(block, offset);
        MultifdFlags compression = _packet.Flags & MultifdFlags.Compression;
        if (compression != _decompressor.Flag)
        {
            throw MultifdPacket.Refusal($"multifd {_number}: flags received {(uint)compression:x} flags expected {(uint)_decompressor.Flag:x}");
        }

        foreach (ulong offset in _packet.Offsets.AsSpan(_packet.NormalPages, _packet.ZeroPages))
        {
            block.PlaceZeros((long)(offset / RamBlock.PageSize));
        }

        if (_packet.NormalPages == 0) return;
        if (block.Counted is not null && _connection is ICountedChannel channel)
        {
            _counted ??= new CountedBody(_decompressor.Flag == MultifdFlags.None);
            await _counted.ReceiveAsync(channel, _packet, block);
        }
        else
        {
            await _decompressor.ReceiveAsync(_connection, _packet, block);
        }
    }

    private static void CheckOffset(RamBlock block, ulong offset)
    {
        if (block.Length < RamBlock.PageSize || offset > block.Length - RamBlock.PageSize)
        {
            throw MultifdPacket.Refusal($"multifd: offset too long {offset} (max {block.Length:x})");
        }

        // QEMU would place the page there.
        if (offset % RamBlock.PageSize != 0) throw MultifdPacket.Refusal($"multifd: offset {offset} is not that of a page");
    }

    private static LoadException NoDeviceState() =>
        MultifdPacket.Refusal("multifd: received device state, and no device here takes any");
}
