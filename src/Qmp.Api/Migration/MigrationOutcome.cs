namespace Qmp.Api;

/// <summary>How a migration may end.</summary>
public enum MigrationOutcome
{
    /// <summary>The guest is on the other side.</summary>
    Completed,

    /// <summary>It failed; the guest is where it was.</summary>
    Failed,

    /// <summary>Somebody cancelled it; the guest is where it was.</summary>
    Cancelled,

    /// <summary>Postcopy lost its connection. The guest is on the other side, and has to be recovered.</summary>
    PostcopyPaused,
}
