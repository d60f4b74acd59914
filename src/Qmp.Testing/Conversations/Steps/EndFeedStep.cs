namespace Qmp.Testing.Conversations.Steps;

/// <summary>The connection of <see cref="FeedStep"/> is closed.</summary>
public sealed record EndFeedStep : ConversationStep;
