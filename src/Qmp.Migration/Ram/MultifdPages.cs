using Qmp.Machine.Memory;
using Qmp.Migration.Multifd;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Ram;

/// <summary>Pages in packets of the multifd channels.</summary>
/// <param name="sender">The channels.</param>
/// <param name="writer">The main stream, which gets a mark at each barrier.</param>
/// <param name="isMarked">Whether the main stream is marked: not where pages have places in a file.</param>
/// <param name="syncsSections">Whether there is a barrier at the end of each section, without a mark, as up to QEMU 8.0.</param>
internal sealed class MultifdPages(MultifdSender sender, MigrationWriter writer, bool syncsSections, bool isMarked = true) : IPageSink
{
    private readonly Queue<PageBatch> _ready = new();
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
            _batch = sender.TakeEmpty();
        }

        _batch.Add(block, page);
    }

    public async ValueTask SendIfFullAsync()
    {
        while (_ready.TryDequeue(out PageBatch? batch)) await sender.SendAsync(batch);
    }

    private bool SyncsSections => syncsSections && isMarked;

    public ValueTask EndSetupAsync() => SyncAsync();

    public ValueTask EndRoundAsync() => SyncsSections ? ValueTask.CompletedTask : SyncAsync();

    public ValueTask EndSectionAsync() => SyncsSections ? SyncAsync() : ValueTask.CompletedTask;

    private async ValueTask SyncAsync()
    {
        await SendIfFullAsync();
        if (_batch.Count > 0)
        {
            await sender.SendAsync(_batch);
            _batch = sender.TakeEmpty();
        }

        await sender.SyncAsync();
        if (isMarked && !syncsSections) writer.PutBe64(RamFlags.MultifdFlush);
    }
}
