using System.Text.Json;

namespace Qmp.Conversations.Files;

/// <summary>Writes the JSON form of a conversation: a member a line, a step a line.</summary>
internal static class ConversationWriter
{
    public static void Write(Conversation conversation, TextWriter output)
    {
        output.Write("{\n\"slim\":1,\n");
        WriteText(output, "name", conversation.Name);
        WriteText(output, "group", conversation.Group);
        WriteText(output, "class", conversation.Class);
        WriteText(output, "notes", conversation.Notes);
        WriteText(output, "trimmed", conversation.Trimmed);
        WriteText(output, "tail", conversation.AllowsEventsAtEnd ? "any" : null);
        if (conversation.FirstPass is not { } first) WriteText(output, "pass", "any");
        else if (first != 1) WriteMember(output, "pass", json => json.WriteNumberValue(first));
        if (conversation.FloatingIds.Count > 0)
        {
            output.Write($"\"float\":[{string.Join(',', conversation.FloatingIds)}],\n");
        }

        if (conversation.Fifos.Count > 0) WriteMember(output, "fifos", json => WriteTexts(json, conversation.Fifos));
        if (conversation.Peers.Count > 0) WriteMember(output, "peers", json => WritePeers(json, conversation.Peers));
        if (conversation.Preparation is { } preparation)
        {
            output.Write("\"prep\":{\n");
            WriteText(output, "name", preparation.Name);
            WriteContents(preparation, output);
            output.Write("},\n");
        }

        WriteContents(conversation, output);
        output.Write("}\n");
    }

    private static void WriteContents(Conversation conversation, TextWriter output)
    {
        output.Write("\"vms\":[\n");
        output.Write(string.Join(",\n", conversation.Vms.Select(vm => JsonLine.Of(json => WriteVm(json, vm)))));
        output.Write("],\n\"steps\":[\n");
        string first = conversation.Vms[0].Role;
        IEnumerable<string> steps = conversation.Steps.Select(
            step => JsonLine.Of(json => StepWriter.Write(json, step, first)));
        output.Write(string.Join(",\n", steps));
        output.Write(']');
    }

    private static void WriteVm(Utf8JsonWriter json, RecordedVm vm)
    {
        json.WriteStartObject();
        json.WriteString("role", vm.Role);
        json.WritePropertyName("args");
        WriteTexts(json, vm.Arguments);
        if (vm.StandardError is not null) json.WriteString("stderr", vm.StandardError);
        if (vm.ExitStatus is { } status) json.WriteNumber("exit", status);
        json.WriteEndObject();
    }

    private static void WritePeers(Utf8JsonWriter json, IReadOnlyList<RecordedPeer> peers)
    {
        json.WriteStartArray();
        foreach (RecordedPeer peer in peers)
        {
            json.WriteStartObject();
            json.WriteString("path", peer.Path);
            json.WriteString("act", PeerNames.All.First(n => n.Value == peer.Behaviour).Key);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, IReadOnlyList<string> texts)
    {
        json.WriteStartArray();
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteText(TextWriter output, string name, string? text)
    {
        if (text is not null) WriteMember(output, name, json => json.WriteStringValue(text));
    }

    private static void WriteMember(TextWriter output, string name, Action<Utf8JsonWriter> value) =>
        output.Write($"\"{name}\":{JsonLine.Of(value)},\n");
}
