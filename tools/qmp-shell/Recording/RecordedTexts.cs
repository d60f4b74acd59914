using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Qmp.Shell.Recording;

/// <summary>Puts tokens where a message differs each time, so that it can be compared with a later one.</summary>
/// <param name="folder">The folder of the monitor's socket; <see langword="null"/> if it has none.</param>
internal sealed class RecordedTexts(string? folder)
{
    /// <summary>Stands for the folder of a run.</summary>
    public const string RunFolder = "@RUN@";

    private const string Number = "@NUM@";
    private const string Timestamp = "@TS@";
    private const string Version = "@VER@";

    // Times, rates and what depends on them.
    private static readonly HashSet<string> Varying =
    [
        "total-time", "downtime", "expected-downtime", "setup-time", "blocktime", "vcpu-blocktime", "mbps",
        "dirty-pages-rate", "pages-per-second", "transferred", "remaining", "duplicate", "normal", "normal-bytes",
        "skipped", "dirty-sync-count", "precopy-bytes", "downtime-bytes", "postcopy-bytes", "postcopy-requests",
        "multifd-bytes", "thread-id", "fd", "fdset-id", "current-progress", "dirty-limit-throttle-time-per-round",
        "dirty-limit-ring-full-time",
    ];

    // Depth as of the replayer: recorded ids may be nested deeply.
    private const int MaxDepth = 4096;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>A text with the folder's token.</summary>
    public string Generalise(string text) => folder is null
        ? text
        : text.Replace(folder + "/", RunFolder + "/", StringComparison.Ordinal);

    /// <summary>A message with tokens; <see langword="null"/> for what is no JSON.</summary>
    public JsonElement? TryRead(string text)
    {
        try
        {
            return ToElement(Walk(JsonNode.Parse(text, documentOptions: Options), ""));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement ToElement(JsonNode? node)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text, new JsonWriterOptions { MaxDepth = MaxDepth }))
        {
            if (node is null) writer.WriteNullValue();
            else node.WriteTo(writer);
        }

        return JsonElement.Parse(text.WrittenSpan, Options);
    }

    private static bool IsTimestamp(JsonObject value) =>
        value.Count == 2 && value.ContainsKey("seconds") && value.ContainsKey("microseconds");

    private static bool IsVersion(JsonObject value) =>
        value.Count == 2 && value.ContainsKey("package") && value["qemu"] is JsonObject { Count: 3 };

    private JsonNode? Walk(JsonNode? node, string name)
    {
        switch (node)
        {
            case JsonObject value when IsTimestamp(value):
                return Timestamp;
            case JsonObject value when IsVersion(value):
                return Version;
            case JsonObject value:
                var members = new JsonObject();
                foreach ((string member, JsonNode? inner) in value) members.Add(member, Walk(inner, member));
                return members;
            case JsonArray value:
                return new JsonArray([.. value.Select(element => Walk(element, name))]);
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return Generalise(value.GetValue<string>());
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number && Varying.Contains(name):
                return Number;
            default:
                return node?.DeepClone();
        }
    }
}
