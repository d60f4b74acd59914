namespace Qmp.Protocol.Messages;

/// <summary>What a server may send.</summary>
public enum IncomingMessageKind
{
    /// <summary>Something else: a peer that does not speak QMP, or one that is ahead of us.</summary>
    Unknown,

    /// <summary>The first message of a connection.</summary>
    Greeting,

    /// <summary>A successful reply.</summary>
    Return,

    /// <summary>A reply that refuses.</summary>
    Error,

    /// <summary>An event.</summary>
    Event,
}
