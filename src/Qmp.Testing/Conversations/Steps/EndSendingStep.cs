namespace Qmp.Testing.Conversations.Steps;

/// <summary>The client will send nothing more, and goes on receiving.</summary>
public sealed record EndSendingStep : ConversationStep;
