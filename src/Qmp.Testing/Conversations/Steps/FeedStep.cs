namespace Qmp.Testing.Conversations.Steps;

/// <summary>Bytes go into a migration socket.</summary>
/// <param name="Path">The socket's path.</param>
/// <param name="Bytes">What is sent there.</param>
public sealed record FeedStep(string Path, ReadOnlyMemory<byte> Bytes) : ConversationStep;
