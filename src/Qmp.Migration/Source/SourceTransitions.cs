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
        MigrationStatus.PostcopyDevice => from is MigrationStatus.Device,
        MigrationStatus.PostcopyActive => from is MigrationStatus.Device or MigrationStatus.PostcopyDevice
            or MigrationStatus.PostcopyRecover,
        MigrationStatus.PostcopyPaused => from is MigrationStatus.PostcopyActive or MigrationStatus.PostcopyRecoverSetup
            or MigrationStatus.PostcopyRecover,
        MigrationStatus.PostcopyRecoverSetup => from is MigrationStatus.PostcopyPaused,
        MigrationStatus.PostcopyRecover => from is MigrationStatus.PostcopyRecoverSetup,
        MigrationStatus.Completed => from is MigrationStatus.Device or MigrationStatus.PostcopyActive
            or MigrationStatus.Active, // the guest runs on
        MigrationStatus.Failing => from is MigrationStatus.Setup or MigrationStatus.Active
            or MigrationStatus.PreSwitchover or MigrationStatus.Device or MigrationStatus.PostcopyDevice
            or MigrationStatus.PostcopyActive, // when all has been sent
        MigrationStatus.Failed => from is MigrationStatus.Setup or MigrationStatus.Active
            or MigrationStatus.PreSwitchover or MigrationStatus.Device or MigrationStatus.Failing or MigrationStatus.PostcopyDevice
            or MigrationStatus.PostcopyActive,

        // Cancelling again is announced again, as QEMU does. In postcopy only the end of the machine cancels.
        MigrationStatus.Cancelling => from is MigrationStatus.Setup or MigrationStatus.Active
            or MigrationStatus.PreSwitchover or MigrationStatus.Device or MigrationStatus.Cancelling
            or MigrationStatus.PostcopyDevice or MigrationStatus.PostcopyActive or MigrationStatus.PostcopyPaused
            or MigrationStatus.PostcopyRecoverSetup or MigrationStatus.PostcopyRecover,
        MigrationStatus.Cancelled => from is MigrationStatus.Cancelling,
        _ => false,
    };
}
