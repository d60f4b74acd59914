namespace Qmp.Interop.Kills;

/// <summary>How far a migration with a return path has come.</summary>
internal enum KillPoint
{
    /// <summary>The destination listens; no source has come.</summary>
    Listen,

    /// <summary>They are connected; the destination has read nothing. If it dies, the source has just begun.</summary>
    Connect,

    /// <summary>With multifd only. One channel has not come to the destination; it can read everything else.</summary>
    Arrival,

    /// <summary>
    /// With multifd only. One channel has come to the destination, which can read nothing of it, but everything else; the source
    /// sends pages.
    /// </summary>
    Greeting,

    /// <summary>
    /// The destination has read the stream's header and half of the list of RAM blocks. With multifd, the channels have come
    /// to it; if one is to be cut, it has read its greeting and nothing behind that, but everything else.
    /// </summary>
    Setup,

    /// <summary>The destination has read pages, the last one not to its end. With multifd, of one channel.</summary>
    Active,

    /// <summary>
    /// The source has stopped its guest; the destination has read that it did, and no further. With multifd, it has read the
    /// last barrier of one channel.
    /// </summary>
    Device,

    /// <summary>With multifd only. The destination has read all but the last barrier of one channel, and half of that.</summary>
    Barrier,

    /// <summary>
    /// With postcopy only. The source has stopped its guest and sends pages behind it; the destination has read that what the
    /// guest starts with comes next, and no further.
    /// </summary>
    Package,

    /// <summary>With postcopy only. The destination runs the guest; most of its memory has yet to come.</summary>
    Postcopy,

    /// <summary>
    /// With postcopy only. The migration was paused out of band, and goes on over another connection: both ends are there, and
    /// the destination has read nothing of it.
    /// </summary>
    Recovery,

    /// <summary>The destination has read everything and runs the guest; the source has not read that it does.</summary>
    BeforeShut,

    /// <summary>The source has been told that the destination runs the guest.</summary>
    AfterShut,
}
