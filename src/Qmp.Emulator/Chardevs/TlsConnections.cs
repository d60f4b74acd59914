using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;
using Qmp.Tls;
using Qmp.Tls.Sessions;

namespace Qmp.Emulator.Chardevs;

/// <summary>Connections that are enciphered: a peer is there once its handshake is done and it is let in.</summary>
/// <remarks>There is one handshake at a time, since such a device has one peer at a time.</remarks>
/// <param name="inner">What is enciphered.</param>
/// <param name="session">What each session is made of.</param>
internal sealed class TlsConnections(IConnectionSource inner, Func<TlsSessionOptions> session) : IConnectionSource
{
    private readonly Lock _gate = new(); // guards what follows
    private IConnection? _pending;
    private bool _isStopped;

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public bool IsBlocking => inner.IsBlocking;

    /// <inheritdoc/>
    public async ValueTask<IConnection?> AcceptAsync()
    {
        while (await inner.AcceptAsync().ConfigureAwait(OrderedContext.IsCurrent) is { } connection)
        {
            if (!Begin(connection))
            {
                connection.Dispose();
                return null;
            }

            if (await GreetAsync(connection).ConfigureAwait(OrderedContext.IsCurrent) is { } greeted) return greeted;
        }

        return null;
    }

    /// <inheritdoc/>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            _pending?.StopReceiving();
        }

        inner.Stop();
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    // Who fails is sent away without a word, as by QEMU.
    private async ValueTask<IConnection?> GreetAsync(IConnection connection)
    {
        TlsConnection? greeted = null;
        try
        {
            greeted = new TlsConnection(connection, new TlsSession(session()));
            if (await greeted.HandshakeAsync().ConfigureAwait(OrderedContext.IsCurrent)) return greeted;
        }
        catch (Exception e) when (e is TlsException or TransportException)
        {
            // It is closed below.
        }
        finally
        {
            lock (_gate) _pending = null;
        }

        if (greeted is null) connection.Dispose();
        else greeted.Dispose();
        return null;
    }

    private bool Begin(IConnection connection)
    {
        lock (_gate)
        {
            _pending = connection;
            return !_isStopped;
        }
    }
}
