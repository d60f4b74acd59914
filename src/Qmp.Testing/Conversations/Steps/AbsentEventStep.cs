namespace Qmp.Testing.Conversations.Steps;

/// <summary>An event was waited for and did not come.</summary>
/// <param name="Event">Its name.</param>
/// <param name="Duration">How long the recording waited.</param>
public sealed record AbsentEventStep(string Event, TimeSpan Duration) : ConversationStep;
