namespace Qmp.Linux;

/// <summary>What <c>poll</c> watches for and finds. Errors and hang-ups are found without being asked for.</summary>
[Flags]
public enum PollEvents : short
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>POLLIN: a read, or an accept, would not wait.</summary>
    Readable = 1,

    /// <summary>POLLOUT: a write would not wait.</summary>
    Writable = 4,

    /// <summary>POLLERR: the connection has failed, or nobody reads the pipe any more.</summary>
    Failed = 8,

    /// <summary>POLLHUP: the peer has closed its end altogether; what it sent may still be there to read.</summary>
    HungUp = 0x10,

    /// <summary>POLLNVAL: the descriptor is not open.</summary>
    Invalid = 0x20,

    /// <summary>The peer is gone for good, in one way or the other.</summary>
    Gone = Failed | HungUp | Invalid,
}
