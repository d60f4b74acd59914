namespace Qmp.Testing.Conversations.Steps;

/// <summary>The client closes its connection.</summary>
public sealed record CloseStep : ConversationStep;
