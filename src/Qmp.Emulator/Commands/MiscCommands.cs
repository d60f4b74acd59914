using Qmp.Api;
using Qmp.Machine;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of misc.json; one instance a session, because descriptors come over it.</summary>
internal sealed class MiscCommands(
    VirtualMachine machine, NamedDescriptors descriptors, IMonitorSession session) : IMiscCommands
{
    public ValueTask<NameInfo> QueryNameAsync(QueryNameArguments arguments, CancellationToken cancellationToken) =>
        new(new NameInfo { Name = machine.Identity.Name });

    // Before a guest has come in, stop and cont only decide what becomes of it.
    public async ValueTask StopAsync(StopArguments arguments, CancellationToken cancellationToken)
    {
        if (machine.RunState == RunState.Inmigrate) machine.Autostart = false;
        else await machine.StopAsync(RunState.Paused).ConfigureAwait(false);
    }

    public ValueTask GetfdAsync(GetfdArguments arguments, CancellationToken cancellationToken)
    {
        using var passed = new PassedDescriptor(session);
        if (arguments.Fdname is [>= '0' and <= '9', ..])
        {
            throw new CommandException("Parameter 'fdname' expects a name not starting with a digit");
        }

        descriptors.Put(arguments.Fdname, passed.Keep());
        return ValueTask.CompletedTask;
    }

    public ValueTask ClosefdAsync(ClosefdArguments arguments, CancellationToken cancellationToken)
    {
        descriptors.Close(arguments.Fdname);
        return ValueTask.CompletedTask;
    }

    public ValueTask ContAsync(ContArguments arguments, CancellationToken cancellationToken)
    {
        switch (machine.RunState)
        {
            case RunState.FinishMigrate:
                throw new CommandException("Migration is not finalized yet");

            case RunState.Inmigrate:
                machine.Autostart = true;
                break;

            default:
                machine.Start();
                break;
        }

        return ValueTask.CompletedTask;
    }
}
