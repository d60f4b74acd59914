using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;
using Qmp.Server.Events;
using Qmp.Server.Sessions;

namespace Qmp.Server;

/// <summary>Monitors that share one set of commands, one queue and one stream of events.</summary>
/// <remarks>
/// To quit from a command: publish what has to be published, call <see cref="Close"/>, return. The reply is the last
/// thing the client gets; <see cref="Completion"/> ends when every client has been let go.
/// </remarks>
public sealed class QmpServer : IAsyncDisposable
{
    private readonly MonitorServices _services;
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly List<MonitorHost> _monitors = [];
    private bool _closed;

    private readonly TaskCompletionSource _completion = new(OrderedContext.Completions);

    /// <summary>A server without monitors.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="commands">The commands that every monitor offers.</param>
    /// <param name="queue">Where in-band commands run.</param>
    /// <param name="events">Where the commands' implementations publish events; not disposed.</param>
    public QmpServer(QmpServerOptions options, CommandRegistry commands, ICommandQueue queue, EventBus events)
    {
        _services = new MonitorServices(
            queue,
            new CommandLookup(commands, options.CompatPolicy, options.IsPreconfig),
            events,
            options.CompatPolicy,
            options.MapException,
            options.Version,
            options.JsonDialect,
            options.Time,
            options.MaxBacklog,
            options.CloseTimeout,
            options.Logger);
    }

    /// <summary>Ends when the server was closed and no client is left.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Adds a monitor and starts to accept its clients.</summary>
    /// <exception cref="ObjectDisposedException">The server was closed.</exception>
    public IMonitor AddMonitor(MonitorOptions options)
    {
        var monitor = new MonitorHost(options, _services);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _monitors.Add(monitor);
            monitor.Start();
        }

        return monitor;
    }

    /// <summary>Removes a monitor: its client gets the replies of what is running, and is disconnected; no other one comes.</summary>
    /// <remarks>Its connections are stopped when this returns, and disposed of later.</remarks>
    /// <exception cref="ArgumentException">It is not, or no longer, one of this server's.</exception>
    public void RemoveMonitor(IMonitor monitor)
    {
        lock (_gate)
        {
            if (_closed) return;
            if (monitor is not MonitorHost host || !_monitors.Remove(host)) throw new ArgumentException("Not a monitor of this server.", nameof(monitor));
            host.Close();
            _ = DisposeAsync(host);
        }

        static async Task DisposeAsync(MonitorHost host)
        {
            await host.Completion.ConfigureAwait(OrderedContext.IsCurrent);
            host.Dispose();
        }
    }

    /// <summary>
    /// Stops accepting and disconnects all clients; one whose command is running gets its reply first. Commands
    /// that have not begun are dropped.
    /// </summary>
    public void Close()
    {
        MonitorHost[] monitors;
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            monitors = [.. _monitors];
        }

        foreach (MonitorHost monitor in monitors) monitor.Close();
        _ = CompleteAsync(monitors);
    }

    /// <summary>Closes, and after the close timeout drops clients whose commands do not end.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        try
        {
            await Completion.WaitAsync(_services.CloseTimeout, _services.Time).ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (TimeoutException)
        {
            lock (_gate)
            {
                foreach (MonitorHost monitor in _monitors) monitor.Disconnect();
            }

            await Completion.ConfigureAwait(OrderedContext.IsCurrent);
        }
    }

    private async Task CompleteAsync(MonitorHost[] monitors)
    {
        await Task.WhenAll(monitors.Select(m => m.Completion)).ConfigureAwait(OrderedContext.IsCurrent);
        foreach (MonitorHost monitor in monitors) monitor.Dispose();
        using (OrderedContext.Leave()) _completion.TrySetResult();
    }
}
