using System.Collections.Frozen;
using System.Text.Json;

namespace Qmp.Conversations.Files;

/// <summary>Reads the JSON form of steps.</summary>
/// <param name="firstVm">The role that a step without one is for.</param>
/// <param name="definitions">Long texts, by the names that stand for them.</param>
internal sealed class StepReader(string firstVm, IReadOnlyDictionary<string, string> definitions)
{
    // A step with a member that is not understood would be replayed wrongly.
    private static readonly FrozenSet<string> Members = FrozenSet.Create(
        "vm", "mon", "gap", "times", "send", "send_b64", "send_repeat", "fds", "recv", "raw", "recv_bytes",
        "truncated", "wait", "action", "bytes_hex", "path", "eof", "exit", "silent", "flood", "events",
        "missing_event", "waited");

    /// <summary>The step, as often as it happened in a row.</summary>
    public IEnumerable<ConversationStep> Read(JsonElement source)
    {
        foreach (JsonProperty member in source.EnumerateObject())
        {
            if (!Members.Contains(member.Name)) throw Unknown(source);
        }

        ConversationStep step = ReadKind(source) with
        {
            Monitor = source.OptionalText("mon") ?? ConversationStep.DefaultMonitor,
            Gap = source.Seconds("gap"),
        };
        return Enumerable.Repeat(step, source.Member("times")?.GetInt32() ?? 1);
    }

    private static ConversationFormatException Unknown(JsonElement source) =>
        new($"unknown step {source.GetRawText()}");

    private static PassedFile ReadDescriptor(JsonElement descriptor) => descriptor.GetString() switch
    {
        "null" => PassedFile.Null,
        "drain" => PassedFile.Drain,
        var other => throw new ConversationFormatException($"unknown descriptor '{other}'"),
    };

    private ConversationStep ReadKind(JsonElement source)
    {
        string vm = source.OptionalText("vm") ?? firstVm;
        if (source.Member("send") is not null || source.Member("send_b64") is not null) return ReadSend(source, vm);
        if (source.Member("send_repeat") is { } repeat)
        {
            var text = new RepeatedText(
                repeat.Text("prefix"), repeat.Text("unit"), repeat.Number("count"), repeat.Text("suffix"));
            return new SendStep("", Repeat: text) { Vm = vm };
        }

        if (source.Member("recv") is not null || source.Member("raw") is not null)
        {
            return new ReceiveStep(source.Member("recv"), source.OptionalText("raw"))
            {
                Vm = vm,
                Length = source.Member("recv_bytes")?.GetInt32(),
                Elements = source.Member("truncated")?.Number("entries"),
                Wait = source.Seconds("wait"),
            };
        }

        if (source.Member("flood") is { } flood)
        {
            return new FloodStep(
                flood.Text("mon"),
                flood.Text("send"),
                flood.Number("count"),
                flood.Number("times"),
                source.Number("events"))
            {
                Vm = vm,
            };
        }

        if (source.Member("eof") is not null) return new EndOfStreamStep { Vm = vm, Wait = source.Seconds("wait") };
        if (source.Member("exit") is { } status) return new ExitStep(status.GetInt32()) { Vm = vm };
        if (source.Member("silent") is not null) return new SilenceStep(source.Seconds("silent")) { Vm = vm };
        if (source.OptionalText("missing_event") is { } absent)
        {
            return new AbsentEventStep(absent, source.Seconds("waited")) { Vm = vm };
        }

        return source.OptionalText("action") switch
        {
            "connect" => new ConnectStep { Vm = vm },
            "close" => new CloseStep { Vm = vm },
            "shutdown-write" => new EndSendingStep { Vm = vm },
            "SIGKILL" => new SignalStep(IsKill: true) { Vm = vm },
            "SIGTERM" => new SignalStep(IsKill: false) { Vm = vm },
            "open-fifo" => new OpenFifoStep { Vm = vm },
            "feed" => new FeedStep(source.Text("path"), Convert.FromHexString(source.Text("bytes_hex"))) { Vm = vm },
            "feed-close" => new EndFeedStep { Vm = vm },
            _ => throw Unknown(source),
        };
    }

    private SendStep ReadSend(JsonElement source, string vm)
    {
        string text = source.OptionalText("send") ?? "";
        string? base64 = source.OptionalText("send_b64");
        return new SendStep(
            definitions.GetValueOrDefault(text, text),
            base64 is null ? default(ReadOnlyMemory<byte>?) : Convert.FromBase64String(base64))
        {
            Vm = vm,
            Descriptors = source.Member("fds") is { } descriptors
                ? [.. descriptors.EnumerateArray().Select(ReadDescriptor)]
                : [],
        };
    }
}
