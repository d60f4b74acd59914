using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.Multifd;

namespace Qmp.Migration.MappedRam;

/// <summary>A multifd channel that puts pages at their places in a file.</summary>
/// <param name="sender">All channels.</param>
/// <param name="file">The file, opened for this channel.</param>
/// <param name="layout">Where pages go; known by the time that there are any.</param>
internal sealed class MappedSendChannel(MultifdSender sender, IPageFile file, Func<MappedRamFile> layout) : MultifdSendChannel
{
    private readonly IoVector[] _piece = new IoVector[1];

    public override ValueTask BeginAsync() => ValueTask.CompletedTask;

    public override async ValueTask SendAsync(PageBatch batch)
    {
        MappedBlock mapped = layout()[batch.Block!];
        int normal = sender.FindsZeroPages ? batch.SortZeroPages() : batch.Count;
        for (int i = normal; i < batch.Count; i++) mapped.Present.Clear(PageAt(batch, i));
        for (int i = 0; i < normal;)
        {
            int run = 0;
            ulong first = batch.Offsets[i];
            for (; i < normal && batch.Offsets[i] == first + ((ulong)run * RamBlock.PageSize); i++, run++)
            {
                mapped.Present.Set(PageAt(batch, i));
            }

            _piece[0] = new IoVector(mapped.Block.Address + (nint)first, (nint)run * RamBlock.PageSize);
            await file.WriteAtAsync(_piece, mapped.PlaceOf(first));
        }

        sender.Count((long)normal * RamBlock.PageSize, normal, batch.Count - normal);
    }

    public override ValueTask SendBarrierAsync() => ValueTask.CompletedTask;

    public override void Dispose() => file.Dispose();

    private static long PageAt(PageBatch batch, int index) => (long)(batch.Offsets[index] / RamBlock.PageSize);
}
