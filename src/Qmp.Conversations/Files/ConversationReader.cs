using System.Text.Json;

namespace Qmp.Conversations.Files;

/// <summary>Reads the JSON form of a conversation.</summary>
internal static class ConversationReader
{
    /// <summary>Recorded ids are nested up to the depth that QEMU takes.</summary>
    public static JsonDocumentOptions Options { get; } = new() { MaxDepth = 4096 };

    public static Conversation Read(JsonElement source) =>
        Read(source, source.Text("group"), Definitions(source));

    private static Conversation Read(
        JsonElement source, string group, IReadOnlyDictionary<string, string> definitions)
    {
        RecordedVm[] vms = [.. source.GetProperty("vms").EnumerateArray().Select(ReadVm)];
        var steps = new StepReader(vms[0].Role, definitions);
        return new Conversation
        {
            Group = group,
            Name = source.Text("name"),
            Class = source.OptionalText("class"),
            Notes = source.OptionalText("notes"),
            Trimmed = source.OptionalText("trimmed"),
            Vms = vms,
            Peers = [.. Elements(source, "peers").Select(ReadPeer)],
            Fifos = source.Member("fifos")?.Texts() ?? [],
            FloatingIds = [.. Elements(source, "float").Select(id => id.GetRawText())],
            AllowsEventsAtEnd = source.OptionalText("tail") == "any",
            FirstPass = source.Member("pass") is not { } pass ? 1 : pass.ValueKind == JsonValueKind.Number ? pass.GetInt64() : null,
            Preparation = source.Member("prep") is { } preparation ? Read(preparation, group, definitions) : null,
            Steps = [.. source.GetProperty("steps").EnumerateArray().SelectMany(steps.Read)],
        };
    }

    private static IEnumerable<JsonElement> Elements(JsonElement source, string name) =>
        source.Member(name) is { } list ? list.EnumerateArray() : [];

    private static Dictionary<string, string> Definitions(JsonElement source) =>
        source.Member("def") is { } definitions
            ? definitions.EnumerateObject().ToDictionary(d => d.Name, d => d.Value.GetString()!, StringComparer.Ordinal)
            : [];

    private static RecordedVm ReadVm(JsonElement vm) => new(vm.Text("role"), vm.GetProperty("args").Texts())
    {
        StandardError = vm.OptionalText("stderr"),
        ExitStatus = vm.Member("exit")?.GetInt32(),
    };

    private static RecordedPeer ReadPeer(JsonElement peer) => new(
        peer.Text("path"),
        PeerNames.All.TryGetValue(peer.Text("act"), out PeerBehaviour behaviour)
            ? behaviour
            : throw new ConversationFormatException($"unknown peer '{peer.Text("act")}'"));
}
