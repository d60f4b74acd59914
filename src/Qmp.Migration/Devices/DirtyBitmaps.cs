using Qmp.Migration.Options;
using Qmp.Migration.Stream;
using Qmp.Types;

namespace Qmp.Migration.Devices;

/// <summary>The dirty bitmaps of block devices: the section <c>dirty-bitmap</c>. No machine here has any.</summary>
/// <remarks>With the capability on, a source that has none says so in one section and is done.</remarks>
internal sealed class DirtyBitmaps : LiveDevice
{
    private const byte EndOfSection = 0x01;

    private bool _saidSo;

    public override string Name => "dirty-bitmap";

    public override int Version => 1;

    public override bool IsIterating => false;

    public override bool IsActive(MigrationOptions options) =>
        options.Has(MigrationCapability.DirtyBitmaps) && !_saidSo;

    public override ValueTask SetupAsync(OutgoingContext context)
    {
        context.Writer.PutByte(EndOfSection);
        _saidSo = true;
        return ValueTask.CompletedTask;
    }

    public override PendingState EstimatePending(OutgoingContext context) => default;

    public override ValueTask<PendingState> MeasurePendingAsync(OutgoingContext context) => default;

    public override ValueTask IterateAsync(OutgoingContext context) => ValueTask.CompletedTask;

    public override ValueTask CompleteAsync(OutgoingContext context) => ValueTask.CompletedTask;

    public override void Cleanup(OutgoingContext context) => _saidSo = false;

    public override async ValueTask LoadAsync(MigrationReader reader, int version, IncomingContext context)
    {
        if (version != 1) throw new LoadException(Errno.Invalid);
        await reader.NeedAsync(1);
        byte flags = reader.GetByte();
        if (reader.Failed) throw new LoadException(Errno.InputOutput);
        if (flags != EndOfSection)
        {
            throw new LoadException(
                Errno.Invalid, "dirty bitmaps are sent, but this machine has no block devices");
        }
    }
}
