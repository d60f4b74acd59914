using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Chardevs;

/// <summary>
/// The front end of a device that nothing talks over: a serial port, or none at all. Peers are let in, and what they
/// say is dropped.
/// </summary>
internal sealed class IdlePort : IFrontEnd, IDisposable
{
    private readonly IConnectionSource _connections;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _firstClient = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IConnection? _peer; // guarded by _gate

    private IdlePort(IConnectionSource connections, bool isOpen)
    {
        _connections = connections;
        IsOpen = isOpen;
    }

    /// <inheritdoc/>
    public bool IsOpen { get; }

    /// <inheritdoc/>
    public bool IsConnected
    {
        get
        {
            lock (_gate) return _peer is not null;
        }
    }

    /// <inheritdoc/>
    public bool TakesAnother => true;

    /// <inheritdoc/>
    public Task FirstClient => _firstClient.Task;

    /// <summary>Makes one and lets peers in.</summary>
    /// <param name="connections">Where they come from; disposed with the port.</param>
    /// <param name="isOpen">Whether the machine has such a port.</param>
    public static IdlePort Start(IConnectionSource connections, bool isOpen)
    {
        var port = new IdlePort(connections, isOpen);
        if (connections.IsBlocking)
        {
            new Thread(() => port.RunAsync().GetAwaiter().GetResult()) { IsBackground = true, Name = connections.Name }.Start();
        }
        else
        {
            _ = Task.Run(port.RunAsync);
        }

        return port;
    }

    /// <inheritdoc/>
    public void Disconnect()
    {
        lock (_gate) _peer?.StopReceiving();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connections.Stop();
        Disconnect();
    }

    // Ends when the source is stopped; then it is disposed of, on the thread that used it.
    private async Task RunAsync()
    {
        byte[] buffer = new byte[4096];
        using IConnectionSource connections = _connections;
        while (await connections.AcceptAsync().ConfigureAwait(false) is { } accepted)
        {
            using IConnection peer = accepted;
            lock (_gate) _peer = peer;
            _firstClient.TrySetResult();
            while (await peer.ReceiveAsync(buffer, wakeable: false).ConfigureAwait(false) > 0)
            {
            }

            lock (_gate) _peer = null;
        }

        _firstClient.TrySetResult();
    }
}
