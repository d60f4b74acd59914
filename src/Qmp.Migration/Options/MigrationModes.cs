using Qmp.Types;

namespace Qmp.Migration.Options;

/// <summary>What the modes of a migration have in common.</summary>
internal static class MigrationModes
{
    /// <summary>Whether the guest stops before anything is sent, since the same host takes it over.</summary>
    public static bool StopsFirst(this MigMode mode) => mode is MigMode.CprReboot or MigMode.CprTransfer;
}
