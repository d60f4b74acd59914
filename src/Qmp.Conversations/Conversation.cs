using System.Text.RegularExpressions;

namespace Qmp.Conversations;

/// <summary>What clients said to emulators, and what they heard, in order.</summary>
/// <remarks>
/// In its texts <c>@RUN@</c> stands for the folder that a replay runs in. <see cref="Files.ConversationFile"/> reads and
/// writes conversations, <see cref="Replay.ConversationReplayer"/> has them again with another emulator.
/// </remarks>
public sealed partial record Conversation
{
    /// <summary>The part of the monitor that it is about.</summary>
    public required string Group { get; init; }

    /// <summary>Its name within the group.</summary>
    public required string Name { get; init; }

    /// <summary>What of an emulator it needs, such as <c>core</c>.</summary>
    public string? Class { get; init; }

    /// <summary>What it is about, for people.</summary>
    public string? Notes { get; init; }

    /// <summary>What was left out of it, for people.</summary>
    public string? Trimmed { get; init; }

    /// <summary>The emulators, all started at the beginning.</summary>
    public required IReadOnlyList<RecordedVm> Vms { get; init; }

    /// <summary>Listeners that stand for the other side of a migration.</summary>
    public IReadOnlyList<RecordedPeer> Peers { get; init; } = [];

    /// <summary>FIFOs that are made before the start.</summary>
    public IReadOnlyList<string> Fifos { get; init; } = [];

    /// <summary>JSON texts of the ids of replies whose place among other replies is free.</summary>
    public IReadOnlyList<string> FloatingIds { get; init; } = [];

    /// <summary>Whether events that no step expects may be left at the end.</summary>
    public bool AllowsEventsAtEnd { get; init; }

    /// <summary>
    /// The number of a migration's first <c>MIGRATION_PASS</c>, from which the others count on: 1, or 2 with QEMU 11.1;
    /// <see langword="null"/> if that varies.
    /// </summary>
    public long? FirstPass { get; init; } = 1;

    /// <summary>A conversation that comes first, in the same folder, because it writes what this one reads.</summary>
    public Conversation? Preparation { get; init; }

    /// <summary>What happens, in order.</summary>
    public required IReadOnlyList<ConversationStep> Steps { get; init; }

    /// <summary>Group and name.</summary>
    public string FullName => $"{Group}/{Name}";

    /// <summary>Whether a client passes descriptors.</summary>
    public bool PassesDescriptors => Steps.OfType<SendStep>().Any(s => s.Descriptors.Count > 0);

    /// <summary>Whether port numbers are fixed in it, so that two such replays disturb each other.</summary>
    public bool UsesFixedPorts => Steps.OfType<SendStep>().Any(s => NetworkAddress().IsMatch(s.Text));

    /// <inheritdoc/>
    public override string ToString() => FullName;

    [GeneratedRegex("""tcp:|"inet"|vsock""")]
    private static partial Regex NetworkAddress();
}

/// <summary>An emulator of a conversation.</summary>
/// <param name="Role">Its name, such as <c>vm</c>, <c>src</c> or <c>dst</c>.</param>
/// <param name="Arguments">Its command line, without the program.</param>
public sealed record RecordedVm(string Role, IReadOnlyList<string> Arguments)
{
    /// <summary>What it printed when it was recorded; not compared.</summary>
    public string? StandardError { get; init; }

    /// <summary>How it ended when it was recorded, below 0 by a signal; not compared.</summary>
    public int? ExitStatus { get; init; }
}

/// <summary>A listener on a Unix socket that stands for the other side of a migration.</summary>
/// <param name="Path">Where it listens.</param>
/// <param name="Behaviour">What it does with the one connection that it accepts.</param>
public sealed record RecordedPeer(string Path, PeerBehaviour Behaviour);

/// <summary>What a listener does that stands for the other side of a migration.</summary>
public enum PeerBehaviour
{
    /// <summary>Closes the connection at once.</summary>
    Close,

    /// <summary>Reads once and closes.</summary>
    ReadThenClose,

    /// <summary>Reads all there is.</summary>
    ReadAll,

    /// <summary>Accepts and never reads.</summary>
    NeverRead,

    /// <summary>Sends bytes that are not a return path message, then reads.</summary>
    Garbage,

    /// <summary>Listens but does not accept: its backlog is full.</summary>
    Full,
}
