namespace Qmp.Interop.Kills;

/// <summary>An end of a migration.</summary>
internal enum MigrationEnd
{
    /// <summary>Where the guest is.</summary>
    Source,

    /// <summary>Where it goes.</summary>
    Destination,
}
