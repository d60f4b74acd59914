namespace Qmp.Migration.SaveState;

/// <summary>What the dirty log is synced for.</summary>
internal enum SyncReason
{
    /// <summary>The first pass begins.</summary>
    Setup,

    /// <summary>What is left is counted.</summary>
    Count,

    /// <summary>The guest is stopped to be handed over.</summary>
    Stopped,

    /// <summary>The guest is stopped to be handed over before its memory.</summary>
    Postcopy,
}
