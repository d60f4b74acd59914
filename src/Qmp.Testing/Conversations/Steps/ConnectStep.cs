namespace Qmp.Testing.Conversations.Steps;

/// <summary>
/// The client connects: to the monitor of that name or, if there is none, once more to the first one.
/// </summary>
public sealed record ConnectStep : ConversationStep;
