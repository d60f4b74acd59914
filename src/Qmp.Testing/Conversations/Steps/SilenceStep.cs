namespace Qmp.Testing.Conversations.Steps;

/// <summary>No reply comes.</summary>
/// <param name="Duration">How long the recording watched.</param>
public sealed record SilenceStep(TimeSpan Duration) : ConversationStep;
