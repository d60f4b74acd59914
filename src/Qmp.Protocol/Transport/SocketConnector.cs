using Qmp.Linux;
using Qmp.Linux.Addresses;

namespace Qmp.Protocol.Transport;

/// <summary>Dials out, again and again: a server that comes to its client, as QEMU's <c>reconnect-ms</c>.</summary>
/// <remarks>
/// The first try is made at once. After one that failed, and after the peer has left, the next one follows an interval
/// later. Trying blocks the thread that accepts; resolving a name is the one thing that <see cref="Stop"/> does not cut
/// short.
/// </remarks>
public sealed class SocketConnector : IConnectionSource
{
    private readonly StreamAddress _address;
    private readonly int _interval;
    private readonly Action<string> _onFailure;
    private readonly WakeEvent _stop = new();
    private volatile bool _stopped;
    private bool _hasTried;
    private bool _hasReported;

    /// <summary>A connector that has not dialled yet.</summary>
    /// <param name="address">Where the peer listens.</param>
    /// <param name="interval">What lies between tries; at least a millisecond.</param>
    /// <param name="onFailure">
    /// Told why a try failed, once for a row of them; called on the thread that accepts.
    /// </param>
    /// <exception cref="IOException">No descriptor is left.</exception>
    public SocketConnector(StreamAddress address, TimeSpan interval, Action<string> onFailure)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromMilliseconds(1));
        _address = address;
        _interval = (int)Math.Min(interval.TotalMilliseconds, int.MaxValue);
        _onFailure = onFailure;
        Name = address.ToString();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsBlocking => true;

    /// <inheritdoc/>
    public ValueTask<IConnection?> AcceptAsync()
    {
        try
        {
            while (!_stopped)
            {
                if (_hasTried) Descriptors.Wait(null, PollEvents.None, _stop, out _, _interval);
                if (_stopped) break;
                _hasTried = true;
                if (TryConnect() is { } connection) return new(connection);
            }
        }
        catch (ObjectDisposedException)
        {
            // Disposed while waiting: stopped.
        }

        return default;
    }

    /// <inheritdoc/>
    public void Stop()
    {
        _stopped = true;
        _stop.Set();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    private SocketConnection? TryConnect()
    {
        try
        {
            var connection = new SocketConnection(StreamSockets.Connect(_address, _stop), Name);
            _hasReported = false;
            return connection;
        }
        catch (IOException e)
        {
            if (!_hasReported && !_stopped) _onFailure(e.Message);
            _hasReported = true;
            return null;
        }
    }
}
