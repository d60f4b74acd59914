using System.Text.Json;

namespace Qmp.Conversations.Files;

/// <summary>Writes the JSON form of a step.</summary>
internal static class StepWriter
{
    public static void Write(Utf8JsonWriter json, ConversationStep step, string firstVm)
    {
        json.WriteStartObject();
        if (step.Vm != firstVm) json.WriteString("vm", step.Vm);
        if (step.Monitor != ConversationStep.DefaultMonitor) json.WriteString("mon", step.Monitor);
        switch (step)
        {
            case SendStep send:
                WriteSend(json, send);
                break;
            case ReceiveStep receive:
                WriteReceive(json, receive);
                break;
            case FloodStep flood:
                WriteFlood(json, flood);
                break;
            case FeedStep feed:
                json.WriteString("action", "feed");
                json.WriteString("bytes_hex", Convert.ToHexStringLower(feed.Bytes.Span));
                json.WriteString("path", feed.Path);
                break;
            case EndOfStreamStep end:
                json.WriteBoolean("eof", true);
                WriteSeconds(json, "wait", end.Wait);
                break;
            case ExitStep exit:
                json.WriteNumber("exit", exit.Status);
                break;
            case SilenceStep silence:
                json.WriteNumber("silent", silence.Duration.TotalSeconds);
                break;
            case AbsentEventStep absent:
                json.WriteString("missing_event", absent.Event);
                json.WriteNumber("waited", absent.Duration.TotalSeconds);
                break;
            default:
                json.WriteString("action", ActionOf(step));
                break;
        }

        WriteSeconds(json, "gap", step.Gap);
        json.WriteEndObject();
    }

    private static string ActionOf(ConversationStep step) => step switch
    {
        ConnectStep => "connect",
        CloseStep => "close",
        EndSendingStep => "shutdown-write",
        SignalStep signal => signal.IsKill ? "SIGKILL" : "SIGTERM",
        OpenFifoStep => "open-fifo",
        EndFeedStep => "feed-close",
        _ => throw new ArgumentException($"{step.GetType().Name} has no form in files", nameof(step)),
    };

    private static void WriteSend(Utf8JsonWriter json, SendStep send)
    {
        if (send.Repeat is { } repeat)
        {
            json.WriteStartObject("send_repeat");
            json.WriteString("prefix", repeat.Prefix);
            json.WriteString("unit", repeat.Unit);
            json.WriteNumber("count", repeat.Count);
            json.WriteString("suffix", repeat.Suffix);
            json.WriteEndObject();
            return;
        }

        if (send.Text.Length > 0 || send.Bytes is null) json.WriteString("send", send.Text);
        if (send.Bytes is { } bytes) json.WriteBase64String("send_b64", bytes.Span);
        if (send.Descriptors.Count == 0) return;
        json.WriteStartArray("fds");
        foreach (PassedFile file in send.Descriptors) json.WriteStringValue(file == PassedFile.Null ? "null" : "drain");
        json.WriteEndArray();
    }

    private static void WriteReceive(Utf8JsonWriter json, ReceiveStep receive)
    {
        if (receive.Message is { } message)
        {
            json.WritePropertyName("recv");
            message.WriteTo(json);
        }

        if (receive.Raw is not null) json.WriteString("raw", receive.Raw);
        if (receive.Length is { } length) json.WriteNumber("recv_bytes", length);
        if (receive.Elements is { } elements)
        {
            json.WriteStartObject("truncated");
            json.WriteNumber("entries", elements);
            json.WriteEndObject();
        }

        WriteSeconds(json, "wait", receive.Wait);
    }

    private static void WriteFlood(Utf8JsonWriter json, FloodStep flood)
    {
        json.WriteStartObject("flood");
        json.WriteString("mon", flood.CommandMonitor);
        json.WriteString("send", flood.Text);
        json.WriteNumber("count", flood.Count);
        json.WriteNumber("times", flood.Times);
        json.WriteEndObject();
        json.WriteNumber("events", flood.Events);
    }

    private static void WriteSeconds(Utf8JsonWriter json, string name, TimeSpan time)
    {
        if (time > TimeSpan.Zero) json.WriteNumber(name, time.TotalSeconds);
    }
}
