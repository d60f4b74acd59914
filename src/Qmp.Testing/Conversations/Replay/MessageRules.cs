namespace Qmp.Testing.Conversations.Replay;

/// <summary>What a stream has to know to sort its messages.</summary>
/// <param name="FloatingIds">JSON texts of the ids of replies whose place is free.</param>
/// <param name="HasMoved">
/// Whether the guest was stopped, started or migrated by then. Until that, a RESUME that comes first only says that
/// the guest began to run after the client connected.
/// </param>
/// <param name="NextSequence">Numbers the messages of all streams.</param>
internal sealed record MessageRules(
    IReadOnlySet<string> FloatingIds, Func<bool> HasMoved, Func<long> NextSequence);
