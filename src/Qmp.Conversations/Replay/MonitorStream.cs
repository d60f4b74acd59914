using System.Buffers;
using System.Text;
using System.Text.Json;
using Qmp.Conversations.Matching;
using Qmp.Conversations.Targets;

namespace Qmp.Conversations.Replay;

/// <summary>A client's connection to a monitor, and what came over it and was not looked at yet.</summary>
/// <remarks>Everything but <see cref="ReadAsync"/> belongs to the flow that replays.</remarks>
internal sealed class MonitorStream(string name, ITargetConnection connection, bool pretty, MessageRules rules)
{
    /// <summary>The event whose count and place are free.</summary>
    public const string PassEvent = "MIGRATION_PASS";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 4096, AllowDuplicateProperties = false };

    private readonly ArrayBufferWriter<byte> _unfinished = new();
    private TaskCompletionSource? _paused;
    private int _events;
    private bool _closed;

    /// <summary>The emulator's role and the monitor's name.</summary>
    public string Name => name;

    /// <summary>The connection itself.</summary>
    public ITargetConnection Connection => connection;

    /// <summary>Whether the monitor indents its output.</summary>
    public bool Pretty => pretty;

    /// <summary>Replies in order, and lines that are not JSON.</summary>
    public Queue<ReceivedMessage> Replies { get; } = new();

    /// <summary>Events in order.</summary>
    public Queue<ReceivedMessage> Events { get; } = new();

    /// <summary>Replies whose place among the others is free.</summary>
    public Queue<ReceivedMessage> Floating { get; } = new();

    /// <summary>The numbers of the MIGRATION_PASS events; -1 for one without.</summary>
    public List<long> Passes { get; } = [];

    /// <summary>Whether the emulator has closed the connection.</summary>
    public bool Ended { get; private set; }

    /// <summary>What came of a message that has no end yet.</summary>
    public string Unfinished => Encoding.UTF8.GetString(_unfinished.WrittenSpan);

    /// <summary>The place of the last message whose order counts.</summary>
    public long LastInOrder { get; set; } = -1;

    /// <summary>How many commands were sent whose replies were not looked at.</summary>
    public int Unanswered { get; set; }

    /// <summary>What was sent last, if it may be sent again until the recorded answer comes.</summary>
    public byte[]? Question { get; set; }

    /// <summary>All messages that no step has looked at, in order.</summary>
    public IEnumerable<ReceivedMessage> Waiting => Replies.Concat(Events).Concat(Floating).OrderBy(m => m.Sequence);

    /// <summary>Reads until the end of the connection; what comes is looked at where the mailbox is emptied.</summary>
    public async Task ReadAsync(Mailbox mailbox)
    {
        byte[] buffer = new byte[1 << 16];
        while (true)
        {
            if (Volatile.Read(ref _paused) is { } paused) await paused.Task.ConfigureAwait(false);
            int count = await connection.ReceiveAsync(buffer).ConfigureAwait(false);
            byte[] bytes = buffer.AsSpan(0, count).ToArray();
            mailbox.Post(() =>
            {
                mailbox.NoteMessage();
                Accept(bytes);
            });
            if (count == 0) return;
        }
    }

    /// <summary>Reads no more, after what is being read, until <see cref="Resume"/>.</summary>
    public void Pause() => Volatile.Write(ref _paused, new TaskCompletionSource());

    /// <summary>Reads again.</summary>
    public void Resume() => Interlocked.Exchange(ref _paused, null)?.SetResult();

    /// <summary>Closes the connection; what comes after is dropped.</summary>
    public void Close()
    {
        _closed = true;
        Resume();
        connection.Dispose();
    }

    private static JsonElement? Read(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonElement.Parse(text, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long PassNumber(JsonElement message) =>
        message.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.Object
        && data.TryGetProperty("pass", out JsonElement number) && number.TryGetInt64(out long pass)
            ? pass
            : -1;

    private void Accept(ReadOnlySpan<byte> bytes)
    {
        if (_closed) return;
        if (bytes.IsEmpty) Ended = true;
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n') + 1;
            _unfinished.Write(end == 0 ? bytes : bytes[..end]);
            if (end == 0) return;
            bytes = bytes[end..];
            FinishLine();
        }
    }

    // Indented messages have many lines; whether one is complete shows when it can be read.
    private void FinishLine()
    {
        ReadOnlySpan<byte> text = _unfinished.WrittenSpan;
        JsonElement? json = Read(text);
        if (json is null && pretty) return;
        if (json is not null || text.ContainsAnyExcept(" \t\r\n"u8))
        {
            Sort(new ReceivedMessage(rules.NextSequence(), json, Encoding.UTF8.GetString(text)));
        }

        _unfinished.ResetWrittenCount();
    }

    private void Sort(ReceivedMessage message)
    {
        if (message.Event is { } name)
        {
            _events++;
            if (name == PassEvent) Passes.Add(PassNumber(message.Json!.Value));
            else if (name != "RESUME" || _events > 1 || rules.HasMoved()) Events.Enqueue(message);
            return;
        }

        if (message.Id is { } id && rules.FloatingIds.Contains(id)) Floating.Enqueue(message);
        else Replies.Enqueue(message);
    }
}

/// <summary>What a stream has to know to sort its messages.</summary>
/// <param name="FloatingIds">JSON texts of the ids of replies whose place is free.</param>
/// <param name="HasMoved">
/// Whether the guest was stopped, started or migrated by then. Until that, a RESUME that comes first only says that
/// the guest began to run after the client connected.
/// </param>
/// <param name="NextSequence">Numbers the messages of all streams.</param>
internal sealed record MessageRules(
    IReadOnlySet<string> FloatingIds, Func<bool> HasMoved, Func<long> NextSequence);
