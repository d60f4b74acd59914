using System.Net.Sockets;

namespace Qmp.Interop.Proxy;

/// <summary>
/// Stands between a source and a destination on Unix sockets, for as many connections as the source makes: keeps what
/// comes back, and can stop at a point of one of them.
/// </summary>
/// <remarks>
/// Where it stops it reads no further, so that a sender has to wait as it would for a destination that does not read.
/// An end that leaves a connection takes the other end's with it.
/// </remarks>
internal sealed class StreamProxy : IAsyncDisposable
{
    private const int Backlog = 16;

    private readonly Socket _listener = ProxiedConnection.NewSocket();
    private readonly UnixDomainSocketEndPoint _target;
    private readonly StreamGate _stopGate;
    private readonly bool _isResumed;
    private readonly ReturnLog _returned = new();
    private readonly Lock _gate = new(); // guards what follows
    private readonly List<ProxiedConnection> _connections = [];
    private readonly List<(Func<bool> IsThere, TaskCompletionSource Awaited)> _awaited = [];
    private readonly Task _serving;

    /// <summary>Listens from now on.</summary>
    /// <param name="path">Where sources connect to.</param>
    /// <param name="target">Where the destination listens by the time one does.</param>
    /// <param name="stop">Where to stop; nowhere by default.</param>
    /// <param name="isResumed">Whether the main stream goes on with one that was cut, and so has no header to be told by.</param>
    public StreamProxy(string path, string target, StreamStop? stop = null, bool isResumed = false)
    {
        _isResumed = isResumed;
        _target = new UnixDomainSocketEndPoint(target);
        _stopGate = new StreamGate(stop);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(Backlog);
        _serving = ServeAsync();
    }

    /// <summary>Ends when it has stopped.</summary>
    public Task Stopped => _stopGate.Stopped;

    /// <summary>What the destination has sent by now.</summary>
    public byte[] Backward => _returned.Bytes;

    /// <summary>Ends when the destination has sent so many bytes.</summary>
    public Task WhenBackwardAsync(int count) => _returned.WhenAsync(count);

    /// <summary>Ends when the destination was sent the greeting of a multifd channel, and so many barriers on it.</summary>
    public Task WhenBarriersAsync(int channel, int count) => WhenAsync(() => Find(channel)?.Barriers >= count);

    /// <summary>Ends when the destination was sent devices over the main stream, behind all of the memory.</summary>
    public Task WhenDevicesAsync() => WhenAsync(() => _connections.Exists(c => c.HasDevice));

    /// <summary>Goes on, to the end.</summary>
    public void Release() => _stopGate.Release();

    /// <summary>Ends all connections.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            foreach (ProxiedConnection connection in _connections) connection.Cut();
        }
    }

    /// <summary>Ends the connections of one multifd channel.</summary>
    public void Cut(int channel)
    {
        lock (_gate) Find(channel)?.Cut();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Cut();
        Release();
        await _serving.ConfigureAwait(false);
    }

    private ProxiedConnection? Find(int channel) => _connections.Find(c => c.Channel == channel);

    private Task WhenAsync(Func<bool> isThere)
    {
        var awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _awaited.Add((isThere, awaited));
        Progress();
        return awaited.Task;
    }

    private async Task ServeAsync()
    {
        List<Task> running = [];
        try
        {
            while (true)
            {
                Socket source = await _listener.AcceptAsync().ConfigureAwait(false);
                var connection = new ProxiedConnection(source, _target, _stopGate, _returned, Progress, _isResumed && running is []);
                lock (_gate) _connections.Add(connection);
                running.Add(connection.RunAsync());
            }
        }
        catch (Exception e) when (ProxiedConnection.IsEnd(e))
        {
            Cut();
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private void Progress()
    {
        lock (_gate)
        {
            foreach ((Func<bool> isThere, TaskCompletionSource awaited) in _awaited)
            {
                if (isThere()) awaited.TrySetResult();
            }
        }
    }
}
