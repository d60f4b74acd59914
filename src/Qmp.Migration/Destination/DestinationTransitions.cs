using Qmp.Types;

namespace Qmp.Migration.Destination;

/// <summary>Which status may follow which at the destination.</summary>
internal static class DestinationTransitions
{
    public static bool AreLegal(MigrationStatus from, MigrationStatus to) => to switch
    {
        MigrationStatus.Setup => from is MigrationStatus.None,
        MigrationStatus.Active => from is MigrationStatus.Setup,
        MigrationStatus.Completed => from is MigrationStatus.Active,
        MigrationStatus.Failed => from is MigrationStatus.Setup or MigrationStatus.Active,
        _ => false,
    };
}
