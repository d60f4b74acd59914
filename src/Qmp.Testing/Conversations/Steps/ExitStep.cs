namespace Qmp.Testing.Conversations.Steps;

/// <summary>The emulator ends.</summary>
/// <param name="Status">Its exit status; below 0, the signal that ended it.</param>
public sealed record ExitStep(int Status) : ConversationStep;
