using System.Text.Json;

namespace Qmp.Conversations.Files;

/// <summary>Reads members of an object.</summary>
internal static class ElementExtensions
{
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement member) ? member : null;

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static string? OptionalText(this JsonElement element, string name) => element.Member(name)?.GetString();

    public static int Number(this JsonElement element, string name) => element.GetProperty(name).GetInt32();

    /// <summary>Seconds; zero if there is no such member.</summary>
    public static TimeSpan Seconds(this JsonElement element, string name) =>
        TimeSpan.FromSeconds(element.Member(name)?.GetDouble() ?? 0);

    public static string[] Texts(this JsonElement element) => [.. element.EnumerateArray().Select(e => e.GetString()!)];
}
