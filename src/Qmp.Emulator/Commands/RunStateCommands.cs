using Qmp.Api;
using Qmp.Machine;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of run-state.json.</summary>
internal sealed class RunStateCommands(VirtualMachine machine) : IRunStateCommands
{
    public ValueTask<StatusInfo> QueryStatusAsync(
        QueryStatusArguments arguments, CancellationToken cancellationToken)
    {
        RunState state = machine.RunState;
        return new(new StatusInfo { Status = state, Running = state == RunState.Running });
    }
}
