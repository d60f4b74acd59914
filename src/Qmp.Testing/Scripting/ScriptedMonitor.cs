using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Conversations;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;
using Qmp.Testing.Scripting;

namespace Qmp.Testing;

/// <summary>A QMP server that says what a test tells it to: for the paths of a client that no healthy QEMU takes.</summary>
/// <remarks>
/// It greets, negotiates and serves one client at a time; another one may come when the first has left. A command that it was
/// told nothing about gets QEMU's <c>CommandNotFound</c>. May be used from any thread.
/// </remarks>
public sealed class ScriptedMonitor : IAsyncDisposable
{
    private readonly Script _script;
    private readonly MemoryListener _memory = new("scripted");
    private readonly Lock _gate = new();
    private readonly List<(IConnectionSource Source, Task Serving)> _sources = []; // guarded by _gate

    /// <summary>A monitor that clients of this process can connect to.</summary>
    public ScriptedMonitor(ScriptedMonitorOptions? options = null)
    {
        _script = new Script(options ?? new ScriptedMonitorOptions());
        Endpoint = QmpEndpoint.Custom("scripted", _ => ValueTask.FromResult<IConnection>(_memory.Connect()));
        Serve(_memory);
    }

    /// <summary>Where clients of <c>Qmp.Client</c> connect to, in memory.</summary>
    public QmpEndpoint Endpoint { get; }

    /// <summary>All requests so far, as they came, malformed ones excepted.</summary>
    public IReadOnlyList<JObject> Requests => _script.Requests;

    /// <summary>Serves clients on a Unix socket, too, for programs of any kind.</summary>
    /// <exception cref="TransportException">The path cannot be listened on.</exception>
    public void Listen(string path) => Serve(SocketListener.Unix(path, isBlocking: false));

    /// <summary>Connects to it and negotiates, on its clock.</summary>
    /// <exception cref="QmpConnectException">The script lets that fail.</exception>
    public Task<QmpConnection> ConnectAsync(QmpClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= QmpClientOptions.Default;
        if (options.Time == TestVmOptions.SystemClock) options = options with { Time = _script.Options.Clock };
        return QmpConnection.ConnectAsync(Endpoint, options, cancellationToken);
    }

    /// <summary>Says what happens when a command comes; without anything further, nothing: it stays unanswered.</summary>
    /// <param name="command">The wire name; <c>qmp_capabilities</c> may be told of, too.</param>
    /// <returns>To be told what happens, step by step.</returns>
    /// <remarks>Told several times of one command, it does each once, in that order, and the last one from then on.</remarks>
    /// <exception cref="ArgumentException">The schema has no such command.</exception>
    public ScriptedReaction On(string command) => _script.Add(command);

    /// <summary>Says what a QEMU said in a recorded conversation: to each command what it answered there, and its events.</summary>
    /// <param name="recording">The conversation; <c>qmp-shell --record</c> makes one.</param>
    /// <param name="vm">Which of its machines; the first by default.</param>
    /// <remarks>Of a command that was sent several times, each answer is given once, in that order; the last one stays.</remarks>
    /// <exception cref="ArgumentException">Of a reply in it only the beginning was kept.</exception>
    public void Play(Conversation recording, string? vm = null)
    {
        ArgumentNullException.ThrowIfNull(recording);
        RecordedScript.Play(this, recording, vm);
    }

    /// <summary>Raises an event at the clients that are connected now.</summary>
    /// <param name="name">The wire name.</param>
    /// <param name="data">The data as JSON; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">The schema has no such event, or the data are not JSON.</exception>
    public void Raise(string name, string? data = null)
    {
        JObject message = _script.Event(name, data);
        foreach (ScriptedSession session in _script.Sessions) session.RaiseNow(message);
    }

    /// <summary>Sends text as it is, whole messages or parts of them, broken or not, to the clients that are connected now.</summary>
    public void Send(string text)
    {
        foreach (ScriptedSession session in _script.Sessions) session.Send(text);
    }

    /// <summary>Closes the connections of the clients that are connected now.</summary>
    public void HangUp()
    {
        foreach (ScriptedSession session in _script.Sessions) session.HangUp();
    }

    /// <summary>Waits for the next request of a command that has not been waited for yet.</summary>
    /// <returns>The request as it came.</returns>
    public Task<JObject> ReceivedAsync(string command, CancellationToken cancellationToken = default) =>
        _script.ReceivedAsync(command).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        (IConnectionSource Source, Task Serving)[] sources;
        lock (_gate) sources = [.. _sources];
        foreach ((IConnectionSource source, _) in sources) source.Stop();
        HangUp();
        foreach ((IConnectionSource source, Task serving) in sources)
        {
            await serving.ConfigureAwait(OrderedContext.IsCurrent);
            source.Dispose();
        }
    }

    private void Serve(IConnectionSource source)
    {
        lock (_gate) _sources.Add((source, OrderedContext.Run(() => ServeAsync(source))));
    }

    private async Task ServeAsync(IConnectionSource source)
    {
        while (await source.AcceptAsync().ConfigureAwait(OrderedContext.IsCurrent) is { } connection)
        {
            using var session = new ScriptedSession(_script, connection);
            await session.RunAsync().ConfigureAwait(OrderedContext.IsCurrent);
        }
    }
}
