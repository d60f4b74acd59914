using System.Text.Json;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Conversations;

namespace Qmp.Testing.Scripting;

/// <summary>Has a scripted monitor say what a recorded one said.</summary>
internal static class RecordedScript
{
    private const string AnyNumber = "@NUM@";
    private const string NonZeroNumber = "@NZ@";

    /// <exception cref="ArgumentException">Of a reply in it only the beginning was kept.</exception>
    public static void Play(ScriptedMonitor monitor, Conversation recording, string? vm)
    {
        vm ??= recording.Vms[0].Role;
        var waiting = new List<(JToken? Id, ScriptedReaction Reaction)>();
        ScriptedReaction? last = null;
        foreach (ConversationStep step in recording.Steps.Where(s => s.Vm == vm))
        {
            switch (step)
            {
                case SendStep { Text: var text }:
                    last = Send(monitor, text, waiting) ?? last;
                    break;
                case ReceiveStep { EventName: { } name } e:
                    last?.Raise(name, Data(e));
                    break;
                case ReceiveStep { Message: { ValueKind: JsonValueKind.Object } message } reply when last is not null:
                    if (reply is { Length: not null } or { Elements: not null })
                    {
                        throw new ArgumentException($"{recording}: of a reply only the beginning was recorded", nameof(recording));
                    }

                    Reply((JObject)Value(message), waiting);
                    break;
                case EndOfStreamStep:
                    last?.HangUp();
                    break;
            }
        }
    }

    private static ScriptedReaction? Send(ScriptedMonitor monitor, string text, List<(JToken? Id, ScriptedReaction Reaction)> waiting)
    {
        if (Parse(text) is not { } request || (string?)(request["execute"] ?? request["exec-oob"]) is not { } command) return null;
        // The recorded client's own negotiation is that of the client under test.
        if (command == "qmp_capabilities") return null;
        ScriptedReaction reaction = monitor.On(command);
        waiting.Add((request["id"], reaction));
        return reaction;
    }

    private static void Reply(JObject message, List<(JToken? Id, ScriptedReaction Reaction)> waiting)
    {
        int index = waiting.FindIndex(w => JToken.DeepEquals(w.Id, message["id"]));
        if (index < 0) return;
        ScriptedReaction reaction = waiting[index].Reaction;
        waiting.RemoveAt(index);
        if (message["error"] is { } error) reaction.Fail((string?)error["desc"] ?? "", (string?)error["class"] ?? "");
        else reaction.Reply(message["return"]!.ToString(Formatting.None));
    }

    private static JObject? Parse(string text)
    {
        try
        {
            return JToken.Parse(text) as JObject;
        }
        catch (JsonReaderException)
        {
            return null;
        }
    }

    private static string? Data(ReceiveStep e) =>
        e.Message!.Value.TryGetProperty("data", out JsonElement data) ? Value(data).ToString(Formatting.None) : null;

    // Where any number was accepted, a client is given one.
    private static JToken Value(JsonElement element)
    {
        JToken value = JToken.Parse(element.GetRawText());
        JContainer root = value as JContainer ?? new JArray(value);
        foreach (JValue token in root.DescendantsAndSelf().OfType<JValue>().ToList())
        {
            if (token.Value is AnyNumber or NonZeroNumber) token.Value = 1L;
        }

        return value;
    }
}
