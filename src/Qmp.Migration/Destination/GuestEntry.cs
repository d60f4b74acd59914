using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Destination;

/// <summary>Lets the guest run here, or leaves it as it was at the source.</summary>
internal sealed class GuestEntry(DestinationAttempt attempt)
{
    /// <exception cref="LoadException">Its run state does not fit.</exception>
    public async ValueTask RunAsync()
    {
        using TimelineLock.Hold hold = await attempt.Machine.Lock.EnterAsync();
        VirtualMachine machine = attempt.Machine;
        RunState source = attempt.Entries.GlobalState.Received ?? RunState.Running;
        if (TakesStorage(source) && machine.Storage?.Acquire() is { } refusal)
        {
            attempt.Logger.Error("{Refusal:l}", refusal);
            machine.Autostart = false;
        }

        RunState next = source.IsLive() && !machine.Autostart ? RunState.Paused : source;
        if (!machine.CanEnter(next))
        {
            throw new LoadException(Errno.Invalid, $"the source's run state was {source.ToWireName()}");
        }

        if (next.IsLive()) machine.Start();
        else machine.SetRunState(next);
    }

    // Where that is asked for, a guest that does not run yet leaves the images of its disks to whoever lets it run.
    private bool TakesStorage(RunState source) =>
        !attempt.Options.Has(MigrationCapability.LateBlockActivate) || (attempt.Machine.Autostart && source.IsLive());
}
