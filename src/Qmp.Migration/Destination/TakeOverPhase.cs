using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Faults;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Destination;

/// <summary>Lets the guest run here, or leaves it as it was at the source.</summary>
/// <remarks>The guest starts before the status says completed, and the source is told last.</remarks>
internal sealed class TakeOverPhase(DestinationAttempt attempt) : DestinationPhase
{
    public override async ValueTask<DestinationPhase?> RunAsync()
    {
        await attempt.AtAsync(FaultPoint.Start);
        if (attempt.IsStopped) return null; // a machine that ends starts no guest
        await EnterRunStateAsync();
        try
        {
            await attempt.AtAsync(FaultPoint.StartDone);
            await attempt.AtAsync(FaultPoint.Completion);
        }
        catch (FaultException)
        {
            // The source will be told that this failed, and its guest runs on.
            using TimelineLock.Hold hold = await attempt.Machine.Lock.EnterAsync();
            await attempt.Machine.StopAsync(RunState.InternalError);
            throw;
        }

        attempt.State.Move(MigrationStatus.Active, MigrationStatus.Completed);
        await attempt.AtOrCutAsync(FaultPoint.CompletionDone);
        return null;
    }

    private async ValueTask EnterRunStateAsync()
    {
        using TimelineLock.Hold hold = await attempt.Machine.Lock.EnterAsync();
        VirtualMachine machine = attempt.Machine;
        RunState source = attempt.Entries.GlobalState.Received ?? RunState.Running;
        if (TakesStorage(source) && machine.Storage?.Acquire() is { } refusal)
        {
            attempt.Logger.Error("{Refusal:l}", refusal);
            machine.Autostart = false;
        }

        RunState next = source != RunState.Running ? source
            : machine.Autostart ? RunState.Running
            : RunState.Paused;
        if (!machine.CanEnter(next))
        {
            throw new LoadException(Errno.Invalid, $"the source's run state was {source.ToWireName()}");
        }

        if (next == RunState.Running) machine.Start();
        else machine.SetRunState(next);
    }

    // Where that is asked for, a guest that does not run yet leaves the images of its disks to whoever lets it run.
    private bool TakesStorage(RunState source) =>
        !attempt.Options.Has(MigrationCapability.LateBlockActivate) || (attempt.Machine.Autostart && source == RunState.Running);
}
