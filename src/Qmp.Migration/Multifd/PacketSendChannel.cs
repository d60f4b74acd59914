using System.Runtime.InteropServices;
using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.Multifd.Compression;
using Qmp.Migration.Multifd.Packets;
using Qmp.Types;

namespace Qmp.Migration.Multifd;

/// <summary>A channel that sends packets over a connection.</summary>
internal sealed class PacketSendChannel : MultifdSendChannel
{
    private readonly MultifdSender _sender;
    private readonly IMigrationChannel _connection;
    private readonly IPageCompressor _compressor;
    private readonly IInPlaceChannel? _inPlace;
    private readonly byte[] _greeting;
    private readonly MultifdPacket _packet = new();
    private readonly byte[] _header = GC.AllocateUninitializedArray<byte>(MultifdPacket.Length, pinned: true);
    private readonly IoVector[] _pieces = new IoVector[1 + MultifdPacket.MaxPages];
    private readonly List<CountedPiece> _counted = [];
    private CountedLengths? _lengths;
    private byte[] _changed = []; // it may be sent from where it is
    private volatile bool _corruptsNext;

    /// <param name="sender">All channels.</param>
    /// <param name="connection">Its connection.</param>
    /// <param name="number">Its number, from 0.</param>
    /// <param name="uuid">The machine's UUID, or <see langword="null"/>.</param>
    public PacketSendChannel(MultifdSender sender, IMigrationChannel connection, int number, Guid? uuid)
    {
        _sender = sender;
        _connection = connection;
        Faults = sender.Faults.Of(connection, () => _corruptsNext = true);
        _greeting = MultifdGreeting.Write(uuid, number);
        _compressor = PageCompression.CreateCompressor(sender.Parameters);
        if (_compressor.SendsPages && connection is IInPlaceChannel channel && channel.TryEnableInPlace(sender.InPlace)) _inPlace = channel;
    }

    public override FaultSite Faults { get; }

    public override async ValueTask BeginAsync()
    {
        _greeting.CopyTo(_header, 0);
        await SendAsync(_greeting.Length, 1);
        _sender.Count(_greeting.Length);
    }

    public override async ValueTask SendAsync(PageBatch batch)
    {
        int normal = _sender.FindsZeroPages ? batch.SortZeroPages() : batch.Count;
        int count = 1;
        _packet.Flags = _compressor.Flag;
        _packet.Room = MultifdPacket.MaxPages;
        _packet.Block = batch.Block!.Id;
        _packet.NormalPages = normal;
        _packet.ZeroPages = batch.Count - normal;
        _packet.DataLength = normal == 0 ? 0
            : batch.Block.Counted is { } counted ? Count(batch, counted, normal, ref count)
            : _compressor.Compress(batch.Block, batch.Offsets[..normal], _pieces, ref count);
        batch.Offsets.CopyTo(_packet.Offsets);
        await SendPacketAsync(count);
        _sender.Count(MultifdPacket.Length + _packet.DataLength, normal, _packet.ZeroPages);
    }

    // What follows the packet, of which only the length exists.
    private uint Count(PageBatch batch, CountedPages pages, int normal, ref int count)
    {
        _lengths ??= new CountedLengths(_compressor);
        uint length = _lengths.Of(batch.Block!, batch.Offsets[..normal], _pieces);
        _counted.Add(new CountedPiece(length, 0, normal, 0, 0, pages.Capture(batch.Offsets[..normal])));
        _pieces[count++] = new IoVector(-1, (nint)length);
        return length;
    }

    public override async ValueTask SendBarrierAsync()
    {
        _packet.Flags = MultifdFlags.Sync;
        _packet.Room = 0;
        _packet.Block = "";
        (_packet.NormalPages, _packet.ZeroPages, _packet.DataLength) = (0, 0, 0);
        await SendPacketAsync(1);
        _sender.Count(MultifdPacket.Length);
        if (_inPlace is not null && await _inPlace.SettleAsync()) _sender.CountMissedZeroCopy();
    }

    public override void Dispose() => _compressor.Dispose();

    private async ValueTask SendPacketAsync(int pieces)
    {
        await Faults.AtAsync(FaultPoint.MultifdSend);
        _packet.Number = _sender.NextPacketNumber();
        _packet.Write(_header);
        if (_corruptsNext) Corrupt(pieces);
        await SendAsync(_header.Length, pieces);
        await Faults.AtAsync(FaultPoint.MultifdSendDone);
    }

    // A byte of what follows the packet, or, if nothing does, the first of the packet itself.
    private void Corrupt(int pieces)
    {
        _corruptsNext = false;
        if (pieces == 1)
        {
            _header[0] ^= 0xff;
            return;
        }

        IoVector victim = _pieces[1];
        _changed = GC.AllocateUninitializedArray<byte>((int)victim.Length, pinned: true);
        Marshal.Copy(victim.Address, _changed, 0, _changed.Length);
        _changed[_changed.Length / 2] ^= 0xff;
        _pieces[1] = new IoVector(Marshal.UnsafeAddrOfPinnedArrayElement(_changed, 0), _changed.Length);
    }

    // Pages may be read later where they are sent in place; the header may not.
    private async ValueTask SendAsync(int headerLength, int pieces)
    {
        _pieces[0] = new IoVector(Marshal.UnsafeAddrOfPinnedArrayElement(_header, 0), headerLength);
        if (_counted.Count > 0)
        {
            if (_connection is not ICountedChannel channel) throw new ChannelException("Counted memory goes over virtual connections only");
            ValueTask write = channel.WriteAsync(_pieces.AsMemory(0, pieces), _counted);
            _counted.Clear();
            await write;
            return;
        }

        if (_inPlace is null)
        {
            await _connection.WriteAsync(_pieces.AsMemory(0, pieces));
            return;
        }

        await _connection.WriteAsync(_pieces.AsMemory(0, 1));
        if (pieces > 1) await _inPlace.WriteInPlaceAsync(_pieces.AsMemory(1, pieces - 1));
    }
}
