using System.Globalization;
using Qmp.Conversations.Matching;
using Qmp.Conversations.Targets;

namespace Qmp.Conversations.Replay;

/// <summary>What the parts of a replay share. It belongs to the one flow that replays.</summary>
internal sealed class ReplayState(Conversation conversation, ReplayOptions options, string folder)
{
    private const int LongLine = 2000;

    private readonly HashSet<string> _moved = [.. conversation.Vms.Where(IsHeld).Select(vm => vm.Role)];
    private readonly HashSet<string> _floatingIds = [.. conversation.FloatingIds];
    private long _sequence;

    public Conversation Conversation => conversation;

    public ReplayOptions Options => options;

    public Substitutions Texts { get; } = new(folder);

    public Mailbox Mailbox { get; } = new(options.Time, options.Timeout);

    /// <summary>The emulators, by role.</summary>
    public Dictionary<string, ITargetVm> Vms { get; } = [];

    /// <summary>The connections, by role and monitor.</summary>
    public Dictionary<(string Vm, string Monitor), MonitorStream> Streams { get; } = [];

    /// <summary>What was said and done.</summary>
    public List<string> Transcript { get; } = [];

    /// <summary>Whether something is under way that changes answers over time, such as a migration.</summary>
    public bool MovesByItself { get; set; } = conversation.Peers.Count > 0;

    /// <summary>The connection that a step is about.</summary>
    /// <exception cref="DifferenceException">The step names a connection that was never opened.</exception>
    public MonitorStream Stream(ConversationStep step) =>
        Streams.TryGetValue((step.Vm, step.Monitor), out MonitorStream? stream)
            ? stream
            : throw new DifferenceException($"no connection to {step.Vm}/{step.Monitor}");

    /// <summary>How messages of an emulator are sorted.</summary>
    public MessageRules RulesFor(string vm) => new(_floatingIds, () => _moved.Contains(vm), () => ++_sequence);

    /// <summary>Notes that the guest is stopped, started or migrated.</summary>
    public void NoteMove(string vm) => _moved.Add(vm);

    public void Note(ConversationStep step, string sign, string text) =>
        Note($"{step.Vm}/{step.Monitor} {sign} {WireText.Shorten(text.Trim(), LongLine)}");

    public void Note(string line) => Transcript.Add(line);

    /// <summary>A time in seconds, for messages.</summary>
    public static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:g} s");

    private static bool IsHeld(RecordedVm vm) => vm.Arguments.Contains("-S") || vm.Arguments.Contains("-incoming");
}
