using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Sends the machine as it is now, while the guest runs on (<c>background-snapshot</c>).</summary>
/// <remarks>
/// The guest stands still only while its devices are saved, aside; from then on it waits where it writes to a page that has not been
/// saved. The devices' state follows the memory. No rate limits it: the guest would wait longer.
/// </remarks>
internal sealed class SnapshotPhase(SourceAttempt attempt, SourceLink link) : SourcePhase
{
    public override async ValueTask<SourcePhase?> RunAsync()
    {
        attempt.StartBandwidth();
        attempt.Limiter.Lift();
        try
        {
            await attempt.AtAsync(FaultPoint.Stop);
            ReadOnlyMemory<byte> devices = await SaveDevicesAsync();
            await attempt.AtAsync(FaultPoint.StopDone);
            for (bool isLast = false; !isLast && attempt.State.Current == MigrationStatus.Active;)
            {
                isLast = !link.Stream.Pending.HasSomethingToSend; // a part with nothing in it says that all has come
                await link.Stream.IterateAsync();
            }

            if (attempt.State.Current != MigrationStatus.Active) return null;
            await link.Stream.PutStashAsync(devices);
        }
        finally
        {
            link.Stream.Unprotect();
        }

        await attempt.AtAsync(FaultPoint.EndDone);
        await attempt.EndTransferAsync();
        await attempt.Channels.Main.FinishAsync();
        await attempt.CompleteAsync(MigrationStatus.Active);
        return null;
    }

    // Nobody can let the guest run meanwhile, though the lock is free.
    private async ValueTask<ReadOnlyMemory<byte>> SaveDevicesAsync()
    {
        RunState before = await StopAsync();
        bool isKept = false;
        try
        {
            ReadOnlyMemory<byte> devices = await link.Stream.StashAsync();
            isKept = true;
            return devices;
        }
        finally
        {
            await GoOnAsync(before, isKept);
        }
    }

    private async ValueTask<RunState> StopAsync()
    {
        VirtualMachine machine = attempt.Machine;
        using TimelineLock.Hold hold = await machine.Lock.EnterAsync();
        RunState before = machine.RunState;
        attempt.Times.Stopped(attempt.Now);
        attempt.Entries.GlobalState.Store();
        await machine.ForceStateAsync(RunState.FinishMigrate);
        return before;
    }

    private async ValueTask GoOnAsync(RunState before, bool isKept)
    {
        VirtualMachine machine = attempt.Machine;
        using TimelineLock.Hold hold = await machine.Lock.EnterAsync();
        if (isKept) link.Stream.Protect();
        if (machine.RunState == RunState.FinishMigrate)
        {
            if (before.IsLive()) machine.Start();
            else machine.SetRunState(before);
        }

        attempt.Times.HandedOver(attempt.Now);
    }
}
