using System.Text;
using System.Text.Json;
using Qmp.Conversations;
using Qmp.Conversations.Files;

namespace Qmp.Shell.Recording;

/// <summary>Writes down what is said on a connection, except for what the shell asks on its own account.</summary>
/// <param name="texts">What becomes of the texts.</param>
internal sealed class ConversationRecorder(RecordedTexts texts)
{
    private const string Role = "vm";
    private const string PassEvent = "MIGRATION_PASS";

    private readonly Lock _gate = new(); // guards all that follows
    private readonly List<ConversationStep> _steps = [new ConnectStep { Vm = Role }];
    private readonly Dictionary<string, int> _hiddenCommands = [];
    private readonly HashSet<string> _hiddenIds = [];
    private readonly MemoryStream _unfinished = new();

    /// <summary>Keeps a command and its replies out, until what is returned is disposed.</summary>
    public IDisposable Hide(string command)
    {
        lock (_gate) _hiddenCommands[command] = _hiddenCommands.GetValueOrDefault(command) + 1;
        return new Hiding(this, command);
    }

    /// <summary>A request leaves. Requests are not taken apart: one call is one request.</summary>
    public void Sent(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        using JsonDocument request = JsonDocument.Parse(text);
        JsonElement root = request.RootElement;
        string? command = root.TryGetProperty("execute", out JsonElement name) ? name.GetString() : null;
        lock (_gate)
        {
            if (command is not null && _hiddenCommands.GetValueOrDefault(command) > 0)
            {
                _hiddenIds.Add(root.GetProperty("id").GetRawText());
                return;
            }

            _steps.Add(new SendStep(texts.Generalise(text)) { Vm = Role });
        }
    }

    /// <summary>Bytes have come; none at the end.</summary>
    public void Received(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (bytes.IsEmpty) _steps.Add(new EndOfStreamStep { Vm = Role });
            foreach (byte value in bytes)
            {
                _unfinished.WriteByte(value);
                if (value == (byte)'\n') FinishLine();
            }
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file; the conversation has its name, and that of its folder as group.</param>
    /// <param name="arguments">The emulator's command line.</param>
    /// <param name="notes">What a reader is to know.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, IReadOnlyList<string> arguments, string? notes)
    {
        string file = Path.GetFullPath(path);
        Conversation conversation;
        lock (_gate)
        {
            conversation = new Conversation
            {
                Group = Path.GetFileName(Path.GetDirectoryName(file)) is { Length: > 0 } folder ? folder : "recorded",
                Name = Path.GetFileNameWithoutExtension(file),
                Notes = notes,
                Vms = [new RecordedVm(Role, arguments)],
                FirstPass = FirstPass(),
                Steps = [.. _steps],
            };
        }

        using var output = new StreamWriter(file);
        ConversationFile.Save(conversation, output);
    }

    private long FirstPass()
    {
        JsonElement? first = _steps.OfType<ReceiveStep>().FirstOrDefault(s => s.EventName == PassEvent)?.Message;
        return first is { } message && message.TryGetProperty("data", out JsonElement data) && data.TryGetProperty("pass", out JsonElement pass) && pass.ValueKind == JsonValueKind.Number
            ? pass.GetInt64()
            : 1;
    }

    // Indented messages have many lines; whether one is complete shows when it can be read.
    private void FinishLine()
    {
        string text = Encoding.UTF8.GetString(_unfinished.GetBuffer().AsSpan(0, (int)_unfinished.Length));
        JsonElement? message = texts.TryRead(text);
        if (message is null && !string.IsNullOrWhiteSpace(text)) return;
        _unfinished.SetLength(0);
        if (message is not { ValueKind: JsonValueKind.Object } value) return;
        if (value.TryGetProperty("id", out JsonElement id) && _hiddenIds.Remove(id.GetRawText())) return;
        _steps.Add(new ReceiveStep(value) { Vm = Role });
    }

    private sealed class Hiding(ConversationRecorder recorder, string command) : IDisposable
    {
        public void Dispose()
        {
            lock (recorder._gate) recorder._hiddenCommands[command]--;
        }
    }
}
