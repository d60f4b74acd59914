namespace Qmp.Migration.Postcopy;

/// <summary>How far a destination has come in postcopy. The numbers are in messages.</summary>
internal enum PostcopyState
{
    /// <summary>Nothing has been said of it.</summary>
    None = 0,

    /// <summary>The source may change to it.</summary>
    Advised = 1,

    /// <summary>The source has named pages that are not right here.</summary>
    Discarding = 2,

    /// <summary>What comes is read beside the devices' state, and pages can be asked for.</summary>
    Listening = 3,

    /// <summary>The guest runs here, or would if it had run at the source.</summary>
    Running = 4,

    /// <summary>All pages are here.</summary>
    Ended = 5,
}
