using Qmp.Migration.Channels;
using Qmp.Migration.Devices;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Ram;

/// <summary>Guest RAM as a live device: the section <c>ram</c>.</summary>
internal sealed class RamDevice : LiveDevice
{
    private RamSaver? _saver;
    private RamLoader? _loader;

    public override string Name => "ram";

    public override int Version => 4;

    public override async ValueTask SetupAsync(OutgoingContext context)
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

    public override PendingState EstimatePending(OutgoingContext context) => new(_saver!.DirtyBytes, 0);

    public override async ValueTask<PendingState> MeasurePendingAsync(OutgoingContext context)
    {
        await _saver!.SyncDirtyLogAsync();
        return new PendingState(_saver.DirtyBytes, 0);
    }

    public override ValueTask IterateAsync(OutgoingContext context) => _saver!.IterateAsync();

    public override ValueTask CompleteAsync(OutgoingContext context) => _saver!.CompleteAsync();

    public override void Cleanup(OutgoingContext context) => _saver = null;

    public override ValueTask LoadAsync(MigrationReader reader, int version, IncomingContext context)
    {
        _loader ??= new RamLoader(context);
        return _loader.LoadAsync(reader, version);
    }
}
