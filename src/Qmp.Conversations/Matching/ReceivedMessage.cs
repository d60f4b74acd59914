using System.Text.Json;

namespace Qmp.Conversations.Matching;

/// <summary>A message of an emulator.</summary>
/// <param name="Sequence">Its place among all messages of the replay.</param>
/// <param name="Json">Its value, unless it is not JSON.</param>
/// <param name="Text">Its text, with its line end.</param>
internal sealed record ReceivedMessage(long Sequence, JsonElement? Json, string Text)
{
    /// <summary>The name of the event, if it is one.</summary>
    public string? Event =>
        Json is { ValueKind: JsonValueKind.Object } message
        && message.TryGetProperty("event", out JsonElement name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()
            : null;

    /// <summary>The JSON text of the id, if it has one.</summary>
    public string? Id =>
        Json is { ValueKind: JsonValueKind.Object } message && message.TryGetProperty("id", out JsonElement id)
            ? id.GetRawText()
            : null;
}
