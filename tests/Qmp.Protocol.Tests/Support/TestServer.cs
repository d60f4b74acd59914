using Qmp.Protocol.Messages;
using Qmp.Protocol.Transport;
using Qmp.Protocol.Visitors;
using Qmp.Server;
using Qmp.Server.Dispatch;
using Qmp.Server.Events;
using Qmp.Server.Sessions;

namespace Qmp.Protocol.Tests.Support;

/// <summary>A server of the hand-made schema, on memory transports unless a test brings others.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly List<MemoryListener> _listeners = [];

    public TestServer(
        Func<QmpServerOptions, QmpServerOptions>? configure = null,
        IEnumerable<EventThrottle>? throttles = null,
        CompatPolicy? policy = null,
        ICommandQueue? loop = null)
    {
        Events = new EventBus(Time, throttles, policy);
        Machine = new TestMachine(Events);
        var options = new QmpServerOptions
        {
            Version = new QmpVersion(10, 0, 2, "test"),
            Time = Time,
            Logger = Log.Logger,
            CompatPolicy = policy ?? CompatPolicy.Permissive,
        };
        Server = new QmpServer(
            configure?.Invoke(options) ?? options, Machine.BuildRegistry(), loop ?? new SerialCommandQueue(), Events);
        Machine.Quit = Server.Close;
    }

    public ManualTime Time { get; } = new();

    public LogCapture Log { get; } = new();

    public EventBus Events { get; }

    public TestMachine Machine { get; }

    public QmpServer Server { get; }

    public MemoryListener AddMonitor(bool pretty = false, bool outOfBand = true, int capacity = 1 << 18)
    {
        var listener = new MemoryListener($"memory{_listeners.Count}", capacity);
        _listeners.Add(listener);
        AddMonitor(listener, pretty, outOfBand);
        return listener;
    }

    public void AddMonitor(IConnectionSource listener, bool pretty = false, bool outOfBand = true)
    {
        string id = $"compat_monitor{Machine.ChardevIds.Count}";
        Machine.ChardevIds.Add(id);
        Server.AddMonitor(new MonitorOptions
        {
            Id = id,
            Connections = listener,
            Pretty = pretty,
            OffersOutOfBand = outOfBand,
        });
    }

    /// <summary>Adds a monitor and connects to it.</summary>
    public TestClient Connect(bool pretty = false, bool outOfBand = true, int capacity = 1 << 18) =>
        new(AddMonitor(pretty, outOfBand, capacity).Connect());

    public async ValueTask DisposeAsync()
    {
        Server.Close();
        await Server.Completion.WaitAsync(TestClient.Patience);
        Events.Dispose();
    }
}
