namespace Qmp.Testing.Conversations;

/// <summary>What a listener does that stands for the other side of a migration.</summary>
public enum PeerBehaviour
{
    /// <summary>Closes the connection at once.</summary>
    Close,

    /// <summary>Reads once and closes.</summary>
    ReadThenClose,

    /// <summary>Reads all there is.</summary>
    ReadAll,

    /// <summary>Accepts and never reads.</summary>
    NeverRead,

    /// <summary>Sends bytes that are no message of a return path, then reads.</summary>
    Garbage,

    /// <summary>Accepts nobody: its backlog is full.</summary>
    Full,
}
