using Qmp.Migration.Channels;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Ram;

/// <summary>Guest RAM as a live device: the section <c>ram</c>.</summary>
internal sealed class RamEntry : IterativeEntry
{
    private RamSaver? _saver;
    private RamLoader? _loader;

    public override string Name => "ram";

    public override int Version => 4;

    public override async ValueTask SetupAsync(SaveContext context)
    {
        _saver = new RamSaver(context);
        await _saver.SetupAsync();

        // QEMU has mostly begun with the pages when its command turns out to be gone.
        if (context.Writer.PeerIsStarting) return;
        try
        {
            await context.FlushAsync();
        }
        catch (ChannelException)
        {
            throw new MigrationException($"ram_save_setup failed: {Errno.InputOutput.Text()}");
        }
    }

    public override PendingState PendingEstimate(SaveContext context) => new(_saver!.DirtyBytes, 0);

    public override async ValueTask<PendingState> PendingExactAsync(SaveContext context)
    {
        await _saver!.SyncDirtyLogAsync();
        return new PendingState(_saver.DirtyBytes, 0);
    }

    public override ValueTask IterateAsync(SaveContext context) => _saver!.IterateAsync();

    public override ValueTask CompleteAsync(SaveContext context) => _saver!.CompleteAsync();

    public override void Cleanup(SaveContext context) => _saver = null;

    public override ValueTask LoadAsync(MigrationReader reader, int version, LoadContext context)
    {
        _loader ??= new RamLoader(context);
        return _loader.LoadAsync(reader, version);
    }
}
