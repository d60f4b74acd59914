namespace Qmp.Client;

/// <summary>What a connection has seen so far.</summary>
/// <param name="CommandsSent">Commands handed to the transport.</param>
/// <param name="Replies">Replies that found their call.</param>
/// <param name="LateReplies">Replies to calls that had been abandoned; dropped.</param>
/// <param name="UnmatchedReplies">Replies that belong to no call of this connection; dropped.</param>
/// <param name="UnknownMessages">Messages of a kind that is not known; dropped.</param>
/// <param name="Events">Events.</param>
public sealed record QmpStatistics(
    long CommandsSent, long Replies, long LateReplies, long UnmatchedReplies, long UnknownMessages, long Events);
