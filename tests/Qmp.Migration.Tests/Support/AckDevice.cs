using Qmp.Machine.Time;
using Qmp.Migration.SaveState;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Tests.Support;

/// <summary>A live device without data whose destination approves the switchover some time after its setup.</summary>
internal sealed class AckDevice(TimeSpan delay) : IterativeEntry
{
    private const ulong Setup = 1;

    public override string Name => "test/ack";

    public override int Version => 1;

    public override bool NeedsSwitchoverAck => true;

    public override bool IsIterating => false;

    public override ValueTask SetupAsync(SaveContext context)
    {
        context.Writer.PutBe64(Setup);
        return ValueTask.CompletedTask;
    }

    public override PendingState PendingEstimate(SaveContext context) => default;

    public override ValueTask<PendingState> PendingExactAsync(SaveContext context) => default;

    public override ValueTask IterateAsync(SaveContext context) => throw new InvalidOperationException();

    public override ValueTask CompleteAsync(SaveContext context)
    {
        context.Writer.PutBe64(0);
        return ValueTask.CompletedTask;
    }

    public override void Cleanup(SaveContext context)
    {
    }

    public override async ValueTask LoadAsync(MigrationReader reader, int version, LoadContext context)
    {
        await reader.NeedAsync(8);
        if (reader.GetBe64() != Setup) return;
        Timeline timeline = context.Machine.Timeline;
        timeline.Start("ack", async () =>
        {
            await timeline.CreateWaker().WaitAsync(delay);
            await context.ApproveSwitchoverAsync();
        });
    }
}
