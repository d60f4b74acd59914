namespace Qmp.Interop.Kills;

/// <summary>How far a migration with a return path has come.</summary>
internal enum KillPoint
{
    /// <summary>The destination listens; no source has come.</summary>
    Listen,

    /// <summary>They are connected; the destination has read nothing. If it dies, the source has just begun.</summary>
    Connect,

    /// <summary>The destination has read the stream's header and half of the list of RAM blocks.</summary>
    Setup,

    /// <summary>The destination has read pages, the last one not to its end.</summary>
    Active,

    /// <summary>The source has stopped its guest; the destination has read that it did, and no further.</summary>
    Device,

    /// <summary>The destination has read everything and runs the guest; the source has not read that it does.</summary>
    BeforeShut,

    /// <summary>The source has been told that the destination runs the guest.</summary>
    AfterShut,
}
