using Qmp.Machine.Time;
using Qmp.Migration.Devices;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Tests.Support;

/// <summary>A live device without data whose destination approves the switchover some time after its setup.</summary>
internal sealed class AckDevice(TimeSpan delay) : LiveDevice
{
    private const ulong Setup = 1;

    public override string Name => "test/ack";

    public override int Version => 1;

    public override bool NeedsSwitchoverAck => true;

    public override bool IsIterating => false;

    public override ValueTask SetupAsync(OutgoingContext context)
    {
        context.Writer.PutBe64(Setup);
        return ValueTask.CompletedTask;
    }

    public override PendingState EstimatePending(OutgoingContext context) => default;

    public override ValueTask<PendingState> MeasurePendingAsync(OutgoingContext context) => default;

    public override ValueTask IterateAsync(OutgoingContext context) => throw new InvalidOperationException();

    public override ValueTask CompleteAsync(OutgoingContext context)
    {
        context.Writer.PutBe64(0);
        return ValueTask.CompletedTask;
    }

    public override void Cleanup(OutgoingContext context)
    {
    }

    public override async ValueTask LoadAsync(MigrationReader reader, int version, IncomingContext context)
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
