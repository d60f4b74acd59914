using Qmp.Types;

namespace Qmp.Migration.Destination;

/// <summary>Which status may follow which at the destination.</summary>
internal static class DestinationTransitions
{
    public static bool AreLegal(MigrationStatus from, MigrationStatus to) => to switch
    {
        MigrationStatus.Setup => from is MigrationStatus.None,
        MigrationStatus.Active => from is MigrationStatus.Setup,
        MigrationStatus.PostcopyDevice => from is MigrationStatus.Active,
        MigrationStatus.PostcopyActive => from is MigrationStatus.Active or MigrationStatus.PostcopyDevice
            or MigrationStatus.PostcopyRecover,
        MigrationStatus.PostcopyPaused => from is MigrationStatus.PostcopyActive or MigrationStatus.PostcopyRecover,
        MigrationStatus.PostcopyRecover => from is MigrationStatus.PostcopyPaused,
        MigrationStatus.Completed => from is MigrationStatus.Active or MigrationStatus.PostcopyActive,

        // A guest that has begun to run is not given up for want of its memory.
        MigrationStatus.Failed => from is MigrationStatus.Setup or MigrationStatus.Active or MigrationStatus.PostcopyDevice
            or MigrationStatus.PostcopyActive,
        _ => false,
    };
}
