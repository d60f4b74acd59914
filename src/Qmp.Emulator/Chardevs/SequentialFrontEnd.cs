using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Chardevs;

/// <summary>A front end that serves one peer after the other, on a thread or task of its own.</summary>
/// <param name="connections">Where peers come from; disposed of when the front end has ended.</param>
internal abstract class SequentialFrontEnd(IConnectionSource connections) : IFrontEnd, IDisposable
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _firstClient = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IConnection? _peer; // guarded by _gate

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

    /// <summary>Lets peers in.</summary>
    protected void Start()
    {
        if (connections.IsBlocking)
        {
            new Thread(() => RunAsync().GetAwaiter().GetResult()) { IsBackground = true, Name = connections.Name }.Start();
        }
        else
        {
            _ = Task.Run(RunAsync);
        }
    }

    /// <summary>Serves one peer until it leaves.</summary>
    protected abstract Task ServeAsync(IConnection peer);

    // Ends when the source is stopped; then it is disposed of, on the thread that used it.
    private async Task RunAsync()
    {
        using IConnectionSource source = connections;
        while (await source.AcceptAsync().ConfigureAwait(false) is { } accepted)
        {
            using IConnection peer = accepted;
            lock (_gate) _peer = peer;
            _firstClient.TrySetResult();
            await ServeAsync(peer).ConfigureAwait(false);
            lock (_gate) _peer = null;
        }

        _firstClient.TrySetResult();
    }
}
