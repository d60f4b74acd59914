using Qmp.Machine;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Control;

/// <summary>What <c>stop</c> and <c>cont</c> do, whichever monitor they come from.</summary>
internal sealed class GuestControl(VirtualMachine machine)
{
    /// <summary>Whether the guest's memory is being dumped, so that the guest has to stand still.</summary>
    public Func<bool> IsDumping { get; init; } = () => false;

    // Before a guest has been received, stop and cont only decide whether it will be started then.
    /// <exception cref="CommandException">The guest's memory is being dumped.</exception>
    public async ValueTask StopAsync()
    {
        CheckDump();
        if (machine.RunState == RunState.Inmigrate) machine.Autostart = false;
        else await machine.StopAsync(RunState.Paused).ConfigureAwait(OrderedContext.IsCurrent);
    }

    /// <exception cref="CommandException">The guest cannot run in the present run state.</exception>
    public void Continue()
    {
        CheckDump();
        switch (machine.RunState)
        {
            case RunState.InternalError or RunState.Shutdown:
                throw new CommandException("Resetting the Virtual Machine is required");

            case RunState.Suspended:
                break;

            case RunState.FinishMigrate:
                throw new CommandException("Migration is not finalized yet");

            case RunState.Inmigrate:
                machine.Autostart = true;
                break;

            default:
                if (machine.Storage?.Acquire() is { } refusal) throw new CommandException(refusal);
                machine.Start();
                break;
        }
    }

    private void CheckDump()
    {
        if (IsDumping()) throw new CommandException("There is a dump in process, please wait.");
    }
}
