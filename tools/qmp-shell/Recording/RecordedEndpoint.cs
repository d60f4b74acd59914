using Qmp.Client;
using Qmp.Protocol.Transport;

namespace Qmp.Shell.Recording;

/// <summary>A server whose conversation is written down, together with the command line it was started with.</summary>
internal sealed class RecordedEndpoint
{
    private const string Guessed =
        "The emulator's command line is not known; what stands here is a guess. Correct it before replaying.";

    private readonly string? _socket;
    private readonly RecordedTexts _texts;
    private EmulatorCommandLine? _commandLine;

    /// <summary>The same server, recorded.</summary>
    public RecordedEndpoint(QmpEndpoint plain)
    {
        string name = plain.Name;
        bool isPath = !name.Contains(':') || name.Contains('/') || Path.Exists(name);
        _socket = isPath ? Path.GetFullPath(name) : null;
        _texts = new RecordedTexts(Path.GetDirectoryName(_socket)?.TrimEnd('/'));
        Recorder = new ConversationRecorder(_texts);
        Endpoint = plain.Through(Tap);
    }

    public ConversationRecorder Recorder { get; }

    public QmpEndpoint Endpoint { get; }

    /// <summary>Writes the recording.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string file)
    {
        EmulatorCommandLine line = _commandLine ?? EmulatorCommandLine.Guess;
        Recorder.Save(file, line.Generalise(_socket, _texts), _commandLine is null ? Guessed : null);
    }

    private RecordingConnection Tap(IConnection transport)
    {
        int? process = (transport as AsyncSocketConnection)?.PeerProcessId;
        _commandLine = process is null ? null : EmulatorCommandLine.Of(process.Value);
        return new RecordingConnection(transport, Recorder);
    }
}
