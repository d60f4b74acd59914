using System.Text;
using System.Text.Json;

namespace Qmp.Conversations.Matching;

/// <summary>What texts of a recording stand for in a replay: the run folder, and ports that the kernel chose.</summary>
internal sealed class Substitutions(string folder)
{
    private const string Host = "127.0.0.1:";

    private readonly Dictionary<string, string> _addresses = [];

    /// <summary>A recorded text as it is in the replay.</summary>
    public string Resolve(string text)
    {
        if (text.Contains(Tokens.RunFolder, StringComparison.Ordinal))
        {
            text = text.Replace(Tokens.RunFolder, folder, StringComparison.Ordinal);
        }

        foreach ((string recorded, string actual) in _addresses)
        {
            text = text.Replace(recorded, actual, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Replaces the same placeholders in bytes that are not text.</summary>
    public byte[] Resolve(ReadOnlySpan<byte> bytes) =>
        // Latin-1 keeps every byte; the folder's name is ASCII.
        Encoding.Latin1.GetBytes(Resolve(Encoding.Latin1.GetString(bytes)));

    /// <summary>Learns the ports of the addresses that a reply tells.</summary>
    public void Learn(JsonElement recorded, JsonElement received)
    {
        if (Addresses(recorded) is not { } before || Addresses(received) is not { } now) return;
        foreach ((JsonElement old, JsonElement actual) in before.EnumerateArray().Zip(now.EnumerateArray()))
        {
            if (!MessageMatcher.HasEphemeralPort(old) || !MessageMatcher.HasEphemeralPort(actual)) continue;
            _addresses[Host + Port(old)] = Host + Port(actual);
        }
    }

    private static string Port(JsonElement address) =>
        address.GetProperty("port").GetString()!;

    private static JsonElement? Addresses(JsonElement reply) =>
        reply.ValueKind == JsonValueKind.Object
        && reply.TryGetProperty("return", out JsonElement result) && result.ValueKind == JsonValueKind.Object
        && result.TryGetProperty("socket-address", out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? list
            : null;
}
