namespace Qmp.StreamJsonRpc.Client;

/// <summary>What is done with an answer.</summary>
internal enum AnswerUse
{
    /// <summary>A caller waits for it.</summary>
    Deliver,

    /// <summary>The caller has given up waiting for it; it is dropped.</summary>
    Drop,

    /// <summary>
    /// It has no call that waits for it: it answers a notification, or a request that another user of the stream sent.
    /// The event <c>UnmatchedReply</c> reports it.
    /// </summary>
    Unmatched,
}
