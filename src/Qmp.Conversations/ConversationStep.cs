using System.Text.Json;

namespace Qmp.Conversations;

/// <summary>One thing that happens.</summary>
public abstract record ConversationStep
{
    /// <summary>The name of a monitor that none is given for.</summary>
    public const string DefaultMonitor = "qmp";

    /// <summary>The role of the emulator that it happens to.</summary>
    public required string Vm { get; init; }

    /// <summary>The connection that it happens on. Its socket is <c>@RUN@/VM-MONITOR.sock</c>.</summary>
    public string Monitor { get; init; } = DefaultMonitor;

    /// <summary>How long the recording paused before it; zero if it did not.</summary>
    public TimeSpan Gap { get; init; }
}

/// <summary>
/// The client connects: to the monitor of that name or, if there is none, once more to the first one.
/// </summary>
public sealed record ConnectStep : ConversationStep;

/// <summary>The client sends.</summary>
/// <param name="Text">What it sends; only a description if there are <paramref name="Bytes"/>.</param>
/// <param name="Bytes">What it sends, if that is not UTF-8.</param>
/// <param name="Repeat">What it sends, if that is long.</param>
public sealed record SendStep(string Text, ReadOnlyMemory<byte>? Bytes = null, RepeatedText? Repeat = null)
    : ConversationStep
{
    /// <summary>Descriptors that are passed along.</summary>
    public IReadOnlyList<PassedFile> Descriptors { get; init; } = [];
}

/// <summary>A long text in few words.</summary>
/// <param name="Prefix">How it begins.</param>
/// <param name="Unit">What is repeated.</param>
/// <param name="Count">How often.</param>
/// <param name="Suffix">How it ends.</param>
public sealed record RepeatedText(string Prefix, string Unit, int Count, string Suffix);

/// <summary>What a passed descriptor refers to.</summary>
public enum PassedFile
{
    /// <summary>The null device, for reading and writing.</summary>
    Null,

    /// <summary>The writing end of a pipe whose other end is read.</summary>
    Drain,
}

/// <summary>The client receives a message.</summary>
/// <param name="Message">
/// The message, with tokens for what differs each time; <see langword="null"/> if it is not JSON.
/// </param>
/// <param name="Raw">Its exact text, where that is not the usual form.</param>
public sealed record ReceiveStep(JsonElement? Message, string? Raw = null) : ConversationStep
{
    /// <summary>The length in bytes, without its line end, of a message of which only the beginning was kept.</summary>
    public int? Length { get; init; }

    /// <summary>The number of elements of a returned list of which only the first and last three were kept.</summary>
    public int? Elements { get; init; }

    /// <summary>How long the recording waited for it, if that was long.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>The name of the event, if it is one.</summary>
    public string? EventName =>
        Message is { ValueKind: JsonValueKind.Object } message && message.TryGetProperty("event", out JsonElement name)
            ? name.GetString()
            : null;

    /// <summary>The JSON text of the id, if it has one.</summary>
    public string? Id =>
        Message is { ValueKind: JsonValueKind.Object } message && message.TryGetProperty("id", out JsonElement id)
            ? id.GetRawText()
            : null;
}

/// <summary>An event was waited for and did not come.</summary>
/// <param name="Event">Its name.</param>
/// <param name="Duration">How long the recording waited.</param>
public sealed record AbsentEventStep(string Event, TimeSpan Duration) : ConversationStep;

/// <summary>No reply comes.</summary>
/// <param name="Duration">How long the recording watched.</param>
public sealed record SilenceStep(TimeSpan Duration) : ConversationStep;

/// <summary>The emulator closes the connection.</summary>
public sealed record EndOfStreamStep : ConversationStep
{
    /// <summary>How long the recording waited for it, if that was long.</summary>
    public TimeSpan Wait { get; init; }
}

/// <summary>The client shuts down its sending side and continues to receive.</summary>
public sealed record EndSendingStep : ConversationStep;

/// <summary>The client closes its connection.</summary>
public sealed record CloseStep : ConversationStep;

/// <summary>The emulator gets a signal.</summary>
/// <param name="IsKill">Whether it is SIGKILL; else it is SIGTERM.</param>
public sealed record SignalStep(bool IsKill) : ConversationStep;

/// <summary>The emulator ends.</summary>
/// <param name="Status">Its exit status; below 0, the signal that ended it.</param>
public sealed record ExitStep(int Status) : ConversationStep;

/// <summary>Bytes go into a migration socket.</summary>
/// <param name="Path">The socket's path.</param>
/// <param name="Bytes">What is sent there.</param>
public sealed record FeedStep(string Path, ReadOnlyMemory<byte> Bytes) : ConversationStep;

/// <summary>The connection of <see cref="FeedStep"/> is closed.</summary>
public sealed record EndFeedStep : ConversationStep;

/// <summary>
/// Commands on one monitor raise events on another one that does not read until all commands are answered.
/// </summary>
/// <param name="CommandMonitor">Where the commands are sent. Each returns an empty object.</param>
/// <param name="Text">The commands.</param>
/// <param name="Count">How often the text goes into one write.</param>
/// <param name="Times">How many writes there are.</param>
/// <param name="Events">How many events then have to be there.</param>
public sealed record FloodStep(string CommandMonitor, string Text, int Count, int Times, int Events)
    : ConversationStep;

/// <summary>Opens the conversation's FIFO for reading, which releases an emulator that opens it for writing.</summary>
public sealed record OpenFifoStep : ConversationStep;
