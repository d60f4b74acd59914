using Qmp.Migration.Status;
using Qmp.Migration.Stream;
using Qmp.Types;

namespace Qmp.Migration.SaveState;

/// <summary>The dirty bitmaps of block devices: the section <c>dirty-bitmap</c>. No machine here has any.</summary>
/// <remarks>With the capability on, a source that has none says so in one section and is done.</remarks>
internal sealed class DirtyBitmapEntry : SaveStateEntry
{
    private const byte EndOfSection = 0x01;

    public override string Name => "dirty-bitmap";

    public override int Version => 1;

    public override StateSaver CreateSaver(SaveContext context) => new Saver(context);

    public override StateLoader CreateLoader(LoadContext context) => new Loader();

    private sealed class Saver(SaveContext context) : StateSaver
    {
        public override bool IsIterative { get; } = context.Has(MigrationCapability.DirtyBitmaps);

        public override bool IsIterating => false;

        public override bool IsDone => true;

        public override ValueTask SetupAsync()
        {
            context.Writer.PutByte(EndOfSection);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Loader : StateLoader
    {
        public override async ValueTask LoadAsync(MigrationReader reader, int version)
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
}
