using Qmp.Api;
using Qmp.Emulator.Control;
using Qmp.Machine;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of run-state.json.</summary>
internal sealed class RunStateCommands(VirtualMachine machine, ShutdownController shutdown) : IRunStateCommands
{
    public ValueTask<StatusInfo> QueryStatusAsync(
        QueryStatusArguments arguments, CancellationToken cancellationToken)
    {
        RunState state = machine.RunState;
        return new(new StatusInfo { Status = state, Running = state == RunState.Running });
    }

    public ValueTask SetActionAsync(SetActionArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Reboot is { } reboot) shutdown.Reboot = reboot;
        if (arguments.Shutdown is { } off) shutdown.Shutdown = off;
        if (arguments.Panic is { } panic) shutdown.Panic = panic;
        if (arguments.Watchdog is { } watchdog) shutdown.Watchdog = watchdog;
        return ValueTask.CompletedTask;
    }

    public ValueTask WatchdogSetActionAsync(WatchdogSetActionArguments arguments, CancellationToken cancellationToken) =>
        SetActionAsync(new SetActionArguments { Watchdog = arguments.Action }, cancellationToken);
}
