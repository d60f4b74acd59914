using Qmp.Machine.Memory;
using Qmp.Migration.Ram;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Multifd;

/// <summary>Pages in packets of the multifd channels.</summary>
/// <param name="sender">The channels.</param>
/// <param name="writer">The main stream, which gets a mark at each barrier.</param>
/// <param name="syncsSections">Whether there is a barrier at the end of each section, without a mark, as up to QEMU 8.0.</param>
internal sealed class MultifdPages(MultifdSender sender, MigrationWriter writer, bool syncsSections) : IPageSink
{
    private readonly Queue<PageBatch> _ready = new();
    private readonly Queue<PageBatch> _empty = new();
    private PageBatch _batch = new();

    public bool IsFull => _ready.Count > 0;

    public bool CountsPages => false;

    /// <summary>Puts a page of zeros as any other: the channels find out, or not.</summary>
    public void PutZero(RamBlock block, long page) => PutNormal(block, page);

    public void PutNormal(RamBlock block, long page)
    {
        if (!_batch.Takes(block))
        {
            _ready.Enqueue(_batch);
            _batch = _empty.TryDequeue(out PageBatch? empty) ? empty : new PageBatch();
        }

        _batch.Add(block, page);
    }

    public async ValueTask SendIfFullAsync()
    {
        while (_ready.TryDequeue(out PageBatch? batch)) _empty.Enqueue(await sender.SendAsync(batch));
    }

    public ValueTask EndSetupAsync() => syncsSections ? SyncAsync() : SyncAndMarkAsync();

    public ValueTask EndRoundAsync() => syncsSections ? ValueTask.CompletedTask : SyncAndMarkAsync();

    public ValueTask EndSectionAsync() => syncsSections ? SyncAsync() : ValueTask.CompletedTask;

    private async ValueTask SyncAndMarkAsync()
    {
        await SyncAsync();
        writer.PutBe64(RamFlags.MultifdFlush);
    }

    private async ValueTask SyncAsync()
    {
        await SendIfFullAsync();
        if (_batch.Count > 0) _batch = await sender.SendAsync(_batch);
        await sender.SyncAsync();
    }
}
