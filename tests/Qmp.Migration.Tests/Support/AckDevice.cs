using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Tests.Support;

/// <summary>A device without data that is sent while the guest runs, and whose destination approves the switchover.</summary>
/// <param name="delay">How long after its setup it does; <see langword="null"/> for while it is being loaded.</param>
internal sealed class AckDevice(TimeSpan? delay) : SaveStateEntry
{
    private const ulong Setup = 1;

    public override string Name => "test/ack";

    public override int Version => 1;

    public override bool NeedsSwitchoverAck => delay is not null;

    public override StateSaver CreateSaver(SaveContext context) => new Saver(context);

    public override StateLoader CreateLoader(LoadContext context) => new Loader(context, delay);

    private sealed class Saver(SaveContext context) : StateSaver
    {
        public override bool IsIterative => true;

        public override bool IsIterating => false;

        public override ValueTask SetupAsync()
        {
            context.Writer.PutBe64(Setup);
            return ValueTask.CompletedTask;
        }

        public override ValueTask IterateAsync() => throw new InvalidOperationException();

        public override ValueTask CompleteAsync()
        {
            context.Writer.PutBe64(0);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Loader(LoadContext context, TimeSpan? delay) : StateLoader
    {
        public override async ValueTask LoadAsync(MigrationReader reader, int version)
        {
            await reader.NeedAsync(8);
            if (reader.GetBe64() != Setup) return;
            if (delay is not { } time)
            {
                await context.ApproveSwitchoverAsync("test");
                return;
            }

            context.Timeline.Start("ack", async () =>
            {
                await context.Timeline.CreateWaker().WaitAsync(time);
                try
                {
                    await context.ApproveSwitchoverAsync("test");
                }
                catch (LoadException)
                {
                    // There is nobody to tell: a stream that is not as it should be.
                }
            });
        }
    }
}
