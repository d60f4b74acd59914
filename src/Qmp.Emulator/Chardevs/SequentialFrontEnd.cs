using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Chardevs;

/// <summary>A front end that serves one peer after the other, on a thread or task of its own.</summary>
/// <param name="connections">Where peers come from; disposed of when the front end has ended.</param>
internal abstract class SequentialFrontEnd(IConnectionSource connections) : IFrontEnd, IDisposable
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _firstClient = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by _gate.
    private IConnection? _peer;
    private HandedConnections? _successor;

    /// <inheritdoc/>
    public abstract bool IsOpen { get; }

    /// <inheritdoc/>
    public abstract bool TakesAnother { get; }

    /// <inheritdoc/>
    public bool IsConnected
    {
        get
        {
            lock (_gate) return _peer is not null;
        }
    }

    /// <inheritdoc/>
    public Task FirstClient => _firstClient.Task;

    /// <inheritdoc/>
    public void Disconnect()
    {
        lock (_gate) _peer?.StopReceiving();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        connections.Stop();
        Disconnect();
    }

    /// <summary>Gives the peers to another front end, that it has included; it ends by itself.</summary>
    protected HandedConnections HandOver()
    {
        lock (_gate)
        {
            _successor = new HandedConnections(connections);
            _peer?.Wake();
            return _successor;
        }
    }

    /// <summary>Lets peers in.</summary>
    protected void Start()
    {
        if (connections.IsBlocking)
        {
            new Thread(() => RunAsync().GetAwaiter().GetResult()) { IsBackground = true, Name = connections.Name }.Start();
        }
        else
        {
            _ = OrderedContext.Run(RunAsync);
        }
    }

    /// <summary>Serves one peer until it leaves or, where the front end can give way, is woken.</summary>
    protected abstract Task ServeAsync(IConnection peer);

    // Ends when the source is stopped, and disposes of it on the thread that used it; or when another one takes over.
    private async Task RunAsync()
    {
        while (true)
        {
            IConnection? peer = await connections.AcceptAsync().ConfigureAwait(OrderedContext.IsCurrent);
            if (Enter(peer) is { } early)
            {
                early.Hand(peer);
                return;
            }

            _firstClient.TrySetResult();
            if (peer is null) break;
            await ServeAsync(peer).ConfigureAwait(OrderedContext.IsCurrent);
            if (Leave() is { } successor)
            {
                successor.Hand(peer);
                return;
            }

            peer.Dispose();
        }

        connections.Dispose();
    }

    private HandedConnections? Enter(IConnection? peer)
    {
        lock (_gate)
        {
            if (_successor is null) _peer = peer;
            return _successor;
        }
    }

    private HandedConnections? Leave()
    {
        lock (_gate)
        {
            _peer = null;
            return _successor;
        }
    }
}
