namespace Qmp.Testing.Conversations.Steps;

/// <summary>The emulator gets a signal.</summary>
/// <param name="IsKill">Whether it is SIGKILL; else it is SIGTERM.</param>
public sealed record SignalStep(bool IsKill) : ConversationStep;
