using Qmp.Types;

namespace Qmp.Machine;

/// <summary>Which run state may follow which.</summary>
internal static class RunStateTransitions
{
    private static readonly Dictionary<RunState, RunState[]> Table = new()
    {
        [RunState.Prelaunch] =
            [RunState.Running, RunState.FinishMigrate, RunState.Inmigrate, RunState.Suspended, RunState.Paused],
        [RunState.Inmigrate] =
        [
            RunState.InternalError, RunState.IoError, RunState.Paused, RunState.Running, RunState.Shutdown,
            RunState.Suspended, RunState.Watchdog, RunState.GuestPanicked, RunState.FinishMigrate,
            RunState.Prelaunch, RunState.Postmigrate, RunState.Colo,
        ],
        [RunState.Paused] =
        [
            RunState.Running, RunState.FinishMigrate, RunState.Postmigrate, RunState.Prelaunch, RunState.Colo,
            RunState.Suspended,
        ],
        [RunState.Postmigrate] = [RunState.Running, RunState.FinishMigrate, RunState.Prelaunch],
        [RunState.FinishMigrate] =
        [
            RunState.Running, RunState.Paused, RunState.Postmigrate, RunState.Prelaunch, RunState.Colo,
            RunState.InternalError, RunState.IoError, RunState.Shutdown, RunState.Suspended, RunState.Watchdog,
            RunState.GuestPanicked,
        ],
        [RunState.Running] =
        [
            RunState.Debug, RunState.InternalError, RunState.IoError, RunState.Paused, RunState.FinishMigrate,
            RunState.RestoreVm, RunState.SaveVm, RunState.Shutdown, RunState.Watchdog, RunState.GuestPanicked,
            RunState.Colo, RunState.Suspended,
        ],
        [RunState.SaveVm] = [RunState.Running, RunState.Suspended],
        [RunState.RestoreVm] = [RunState.Running, RunState.Suspended, RunState.Prelaunch],
        [RunState.Shutdown] = [RunState.Paused, RunState.FinishMigrate, RunState.Prelaunch, RunState.Colo],
        [RunState.Suspended] =
        [
            RunState.Running, RunState.FinishMigrate, RunState.Prelaunch, RunState.Colo, RunState.Paused, RunState.SaveVm,
            RunState.RestoreVm, RunState.Shutdown,
        ],
        [RunState.Debug] = [RunState.Running, RunState.FinishMigrate, RunState.Prelaunch],
        [RunState.InternalError] = [RunState.Paused, RunState.FinishMigrate, RunState.Prelaunch],
        [RunState.IoError] = [RunState.Running, RunState.FinishMigrate, RunState.Prelaunch],
        [RunState.Watchdog] = [RunState.Running, RunState.FinishMigrate, RunState.Prelaunch, RunState.Colo],
        [RunState.GuestPanicked] = [RunState.Running, RunState.FinishMigrate, RunState.Prelaunch],
    };

    public static bool IsLegal(RunState from, RunState to) =>
        Table.TryGetValue(from, out RunState[]? next) && next.Contains(to);
}
