namespace Qmp.Testing.Conversations.Steps;

/// <summary>The client sends.</summary>
/// <param name="Text">What it sends; only a description if there are <paramref name="Bytes"/>.</param>
/// <param name="Bytes">What it sends, if that is not UTF-8.</param>
/// <param name="Repeat">What it sends, if that is long.</param>
public sealed record SendStep(string Text, ReadOnlyMemory<byte>? Bytes = null, RepeatedText? Repeat = null)
    : ConversationStep
{
    /// <summary>Descriptors that are passed along.</summary>
    public IReadOnlyList<PassedFile> Descriptors { get; init; } = [];
}
