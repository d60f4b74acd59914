using System.Text.Json;

namespace Qmp.Conversations.Replay;

/// <summary>Finds the events whose place among replies is fixed: a command raises them before it is answered.</summary>
internal static class EventOrder
{
    /// <summary>The indexes of the steps that receive such events.</summary>
    public static IReadOnlySet<int> FixedPlaces(IReadOnlyList<ConversationStep> steps)
    {
        var fixedPlaces = new HashSet<int>();
        var running = new Dictionary<string, List<string>>();
        for (int i = 0; i < steps.Count; i++)
        {
            if (!running.TryGetValue(steps[i].Vm, out List<string>? commands)) running[steps[i].Vm] = commands = [];
            if (steps[i] is SendStep send) commands.AddRange(CommandTexts.Names(send.Text));
            if (steps[i] is not ReceiveStep receive) continue;
            if (receive.EventName is { } name)
            {
                if (RaisedBy(name, receive.Message!.Value).Any(commands.Contains)) fixedPlaces.Add(i);
            }
            else if (commands.Count > 0 && IsReply(receive.Message))
            {
                commands.RemoveAt(0);
            }
        }

        return fixedPlaces;
    }

    private static bool IsReply(JsonElement? message) =>
        message is { ValueKind: JsonValueKind.Object } value
        && (value.TryGetProperty("return", out _) || value.TryGetProperty("error", out _));

    private static string[] RaisedBy(string name, JsonElement message) => name switch
    {
        "STOP" => ["stop"],
        "RESUME" => ["cont"],
        "SHUTDOWN" => ["quit"],
        "MIGRATION" => Status(message) switch
        {
            "setup" => ["migrate", "migrate-incoming"],
            "cancelling" => ["migrate_cancel"],
            _ => [],
        },
        _ => [],
    };

    private static string? Status(JsonElement message) =>
        message.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.Object
        && data.TryGetProperty("status", out JsonElement status)
            ? status.GetString()
            : null;
}
