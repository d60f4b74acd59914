using System.Text.Json;

namespace Qmp.Testing.Conversations.Steps;

/// <summary>The client receives a message.</summary>
/// <param name="Message">
/// The message, with tokens for what differs each time; <see langword="null"/> if it is not JSON.
/// </param>
/// <param name="Raw">Its exact text, where that is not the usual form.</param>
public sealed record ReceiveStep(JsonElement? Message, string? Raw = null) : ConversationStep
{
    /// <summary>The length in bytes, without its line end, of a message of which only the beginning was kept.</summary>
    public int? Length { get; init; }

    /// <summary>The number of elements of a returned list of which only the first and last three were kept.</summary>
    public int? Elements { get; init; }

    /// <summary>How long the recording waited for it, if that was long.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>The name of the event, if it is one.</summary>
    public string? EventName =>
        Message is { ValueKind: JsonValueKind.Object } message && message.TryGetProperty("event", out JsonElement name)
            ? name.GetString()
            : null;

    /// <summary>The JSON text of the id, if it has one.</summary>
    public string? Id =>
        Message is { ValueKind: JsonValueKind.Object } message && message.TryGetProperty("id", out JsonElement id)
            ? id.GetRawText()
            : null;
}
