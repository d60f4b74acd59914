using System.Runtime.InteropServices;
using Qmp.Linux;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Multifd.Compression;

namespace Qmp.Migration.Multifd;

/// <summary>One multifd channel of a source.</summary>
/// <param name="sender">Gives it work.</param>
/// <param name="number">Its number, from 0.</param>
/// <param name="connection">Its connection.</param>
/// <param name="waker">Wakes its activity.</param>
/// <param name="compressor">Makes what follows its packets.</param>
internal sealed class MultifdSendChannel(
    MultifdSender sender, int number, IMigrationChannel connection, Waker waker, IPageCompressor compressor) : IDisposable
{
    private readonly MultifdPacket _packet = new();
    private readonly byte[] _header = GC.AllocateUninitializedArray<byte>(MultifdPacket.Length, pinned: true);
    private readonly IoVector[] _pieces = new IoVector[1 + MultifdPacket.MaxPages];
    private PageBatch _batch = new();

    /// <summary>Its number, from 0.</summary>
    public int Number => number;

    /// <summary>Its activity.</summary>
    public Activity Activity { get; set; } = null!;

    /// <summary>Whether it has a batch that it has not sent.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Whether a barrier is wanted of it.</summary>
    public bool OwesBarrier { get; set; }

    /// <summary>Takes a batch; it is idle.</summary>
    /// <returns>An empty one.</returns>
    public PageBatch Take(PageBatch batch)
    {
        (PageBatch empty, _batch) = (_batch, batch);
        IsBusy = true;
        return empty;
    }

    /// <summary>Lets it look for work.</summary>
    public void Wake() => waker.Wake();

    /// <summary>Greets the destination, and sends what it is given.</summary>
    /// <param name="greeting">What it begins with.</param>
    public async ValueTask RunAsync(byte[] greeting)
    {
        try
        {
            greeting.CopyTo(_header, 0);
            _pieces[0] = new IoVector(Marshal.UnsafeAddrOfPinnedArrayElement(_header, 0), greeting.Length);
            await connection.WriteAsync(_pieces.AsMemory(0, 1));
            sender.Count(greeting.Length, 0, 0);
            while (true)
            {
                MultifdTask task = sender.NextTask(this);
                if (task == MultifdTask.End) return;
                if (task == MultifdTask.Wait)
                {
                    await waker.WaitAsync();
                    continue;
                }

                if (task == MultifdTask.Pages) await SendPagesAsync();
                else await SendBarrierAsync();
                sender.Done(this, task);
            }
        }
        catch (ChannelException e)
        {
            sender.Fail(e.Message);
        }
        catch (Exception e)
        {
            sender.Fail($"Internal error: {e.Message}"); // a mistake of ours must not look like a channel that is busy
        }
    }

    public void Dispose() => compressor.Dispose();

    private async ValueTask SendPagesAsync()
    {
        int normal = sender.FindsZeroPages ? _batch.SortZeroPages() : _batch.Count;
        int count = 1;
        _packet.Flags = compressor.Flag;
        _packet.Room = MultifdPacket.MaxPages;
        _packet.Block = _batch.Block!.Id;
        _packet.NormalPages = normal;
        _packet.ZeroPages = _batch.Count - normal;
        _packet.DataLength = normal == 0 ? 0 : compressor.Compress(_batch.Block, _batch.Offsets[..normal], _pieces, ref count);
        _batch.Offsets.CopyTo(_packet.Offsets);
        await SendAsync(count);
        sender.Count(MultifdPacket.Length + _packet.DataLength, normal, _packet.ZeroPages);
        _batch.Clear();
    }

    private async ValueTask SendBarrierAsync()
    {
        _packet.Flags = MultifdFlags.Sync;
        _packet.Room = 0;
        _packet.Block = "";
        (_packet.NormalPages, _packet.ZeroPages, _packet.DataLength) = (0, 0, 0);
        await SendAsync(1);
        sender.Count(MultifdPacket.Length, 0, 0);
    }

    private ValueTask SendAsync(int pieces)
    {
        _packet.Number = sender.NextPacketNumber();
        _packet.Write(_header);
        _pieces[0] = new IoVector(Marshal.UnsafeAddrOfPinnedArrayElement(_header, 0), _header.Length);
        return connection.WriteAsync(_pieces.AsMemory(0, pieces));
    }
}
