namespace Qmp.Testing.Conversations.Steps;

/// <summary>The emulator closes the connection.</summary>
public sealed record EndOfStreamStep : ConversationStep
{
    /// <summary>How long the recording waited for it, if that was long.</summary>
    public TimeSpan Wait { get; init; }
}
