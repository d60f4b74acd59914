using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Which status may follow which at the source.</summary>
internal static class SourceTransitions
{
    public static bool AreLegal(MigrationStatus from, MigrationStatus to) => to switch
    {
        MigrationStatus.Setup => from is MigrationStatus.None,
        MigrationStatus.Active => from is MigrationStatus.Setup,
        MigrationStatus.PreSwitchover => from is MigrationStatus.Active,
        MigrationStatus.Device => from is MigrationStatus.Active or MigrationStatus.PreSwitchover,
        MigrationStatus.Completed => from is MigrationStatus.Device,
        MigrationStatus.Failing => from is MigrationStatus.Setup or MigrationStatus.Active
            or MigrationStatus.PreSwitchover or MigrationStatus.Device,
        MigrationStatus.Failed => from is MigrationStatus.Setup or MigrationStatus.Active
            or MigrationStatus.PreSwitchover or MigrationStatus.Device or MigrationStatus.Failing,

        // Cancelling again is announced again, as QEMU does.
        MigrationStatus.Cancelling => from is MigrationStatus.Setup or MigrationStatus.Active
            or MigrationStatus.PreSwitchover or MigrationStatus.Device or MigrationStatus.Cancelling,
        MigrationStatus.Cancelled => from is MigrationStatus.Cancelling,
        _ => false,
    };
}
