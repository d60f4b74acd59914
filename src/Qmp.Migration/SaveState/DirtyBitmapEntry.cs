using Qmp.Migration.Options;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;
using Qmp.Types;

namespace Qmp.Migration.SaveState;

/// <summary>The dirty bitmaps of block devices: the section <c>dirty-bitmap</c>. No machine here has any.</summary>
/// <remarks>With the capability on, a source that has none says so in one section and is done.</remarks>
internal sealed class DirtyBitmapEntry : IterativeEntry
{
    private const byte EndOfSection = 0x01;

    private bool _saidSo;

    public override string Name => "dirty-bitmap";

    public override int Version => 1;

    public override bool IsIterating => false;

    public override bool IsActive(MigrationOptions options) =>
        options.Has(MigrationCapability.DirtyBitmaps) && !_saidSo;

    public override ValueTask SetupAsync(SaveContext context)
    {
        context.Writer.PutByte(EndOfSection);
        _saidSo = true;
        return ValueTask.CompletedTask;
    }

    public override PendingState PendingEstimate(SaveContext context) => default;

    public override ValueTask<PendingState> PendingExactAsync(SaveContext context) => default;

    public override ValueTask IterateAsync(SaveContext context) => ValueTask.CompletedTask;

    public override ValueTask CompleteAsync(SaveContext context) => ValueTask.CompletedTask;

    public override void Cleanup(SaveContext context) => _saidSo = false;

    public override async ValueTask LoadAsync(MigrationReader reader, int version, LoadContext context)
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
