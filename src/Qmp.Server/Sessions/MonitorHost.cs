using System.Runtime.CompilerServices;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Server.Sessions;

/// <summary>Accepts a monitor's clients and serves them one after the other.</summary>
internal sealed class MonitorHost(MonitorOptions options, MonitorServices services) : IMonitor, IDisposable
{
    private static readonly TimeSpan AcceptRetryInterval = TimeSpan.FromMilliseconds(100);

    private readonly IConnectionSource _connections = options.Connections;
    private readonly Lock _gate = new();

    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _firstClient = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by _gate.
    private MonitorSession? _session;
    private bool _closing;

    /// <inheritdoc/>
    public string Id => options.Id;

    /// <inheritdoc/>
    public bool IsConnected
    {
        get
        {
            lock (_gate) return _session is not null;
        }
    }

    /// <inheritdoc/>
    public Task FirstClient => _firstClient.Task;

    /// <summary>Ends when no client is served and none will be.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Starts to accept: on a thread of its own if the listener blocks.</summary>
    public void Start()
    {
        if (!_connections.IsBlocking)
        {
            Completion = OrderedContext.Run(ServeAsync);
            return;
        }

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Completion = ended.Task;
        // Blocking transports complete their tasks in the call, so all of ServeAsync stays on this thread.
        var thread = new Thread(() =>
        {
            ServeAsync().GetAwaiter().GetResult();
            ended.SetResult();
        })
        {
            IsBackground = true,
            Name = options.Id,
        };
        thread.Start();
    }

    /// <summary>Stops accepting; the current client is disconnected once its command is answered.</summary>
    public void Close()
    {
        MonitorSession? session;
        lock (_gate)
        {
            _closing = true;
            session = _session;
        }

        _connections.Stop();
        _closed.Cancel();
        session?.Close();
    }

    /// <inheritdoc/>
    public void Disconnect()
    {
        lock (_gate) _session?.Abort();
    }

    public void Dispose()
    {
        _connections.Dispose();
        _closed.Dispose();
    }

    private async Task ServeAsync()
    {
        bool failed = false;
        while (true)
        {
            try
            {
                if (await _connections.AcceptAsync().ConfigureAwait(OrderedContext.IsCurrent) is not { } connection) break;
                failed = false;
                await ServeAsync(connection).ConfigureAwait(OrderedContext.IsCurrent);
            }
            catch (Exception e)
            {
                // A source goes on by itself after what can pass. Whatever else it may be must not cost the monitor.
                if (!failed)
                {
                    services.Logger.Warning(
                        "monitor_qmp_accept_failed {Monitor} {Source}: {Reason}",
                        options.Id, _connections.Name, e.Message);
                }

                failed = true;
                await PauseAsync().ConfigureAwait(OrderedContext.IsCurrent);
            }
        }

        _firstClient.TrySetResult();
    }

    private ValueTask PauseAsync()
    {
        Task pause = Task.Delay(AcceptRetryInterval, services.Time, _closed.Token);
        ConfiguredTaskAwaitable paused = pause.ConfigureAwait(OrderedContext.Quietly);
        if (!_connections.IsBlocking) return Await(paused);
        // The thread is the monitor's own.
        paused.GetAwaiter().GetResult();
        return default;

        static async ValueTask Await(ConfiguredTaskAwaitable paused) => await paused;
    }

    private async ValueTask ServeAsync(IConnection connection)
    {
        using IConnection owned = connection;
        using var session = new MonitorSession(options, services, connection);
        lock (_gate)
        {
            if (_closing) return;
            _session = session;
        }

        _firstClient.TrySetResult();
        try
        {
            await session.RunAsync().ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (Exception e)
        {
            services.Logger.Error(e, "monitor_qmp_session_failed {Monitor} {Connection}", options.Id, connection.Name);
        }
        finally
        {
            lock (_gate) _session = null;
        }
    }
}
