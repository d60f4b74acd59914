using Qmp.Machine.Time;
using Qmp.Migration.Options;
using Qmp.Tls;
using Qmp.Tls.Credentials;
using Qmp.Tls.Sessions;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Channels.Tls;

/// <summary>
/// Waits for sources that speak TLS, where the parameters ask for it by then: who does not end the handshake, or is not let in, is
/// sent away, and others are waited for.
/// </summary>
/// <remarks>
/// Every handshake has an activity of its own, so that no peer waits for a slow one. There are at most <see cref="MostHandshakes"/>
/// at a time: one more sends the oldest away.
/// </remarks>
/// <param name="inner">Where connections come to.</param>
/// <param name="timeline">Where activities run.</param>
/// <param name="options">The destination's options.</param>
/// <param name="logger">The log.</param>
internal sealed class TlsListener(
    IMigrationListener inner, Timeline timeline, MigrationOptions options, ILogger logger) : IMigrationListener
{
    /// <summary>How many peers may be in a handshake at a time.</summary>
    public const int MostHandshakes = 64;

    private readonly Lock _gate = new(); // guards what follows
    private readonly Queue<IMigrationChannel> _ready = new();
    private readonly LinkedList<TlsChannel> _pending = new();
    private readonly Waker _waker = timeline.CreateWaker();
    private Exception? _failure;
    private bool _accepts;
    private bool _isDisposed;
    private bool _hasEnded;

    /// <inheritdoc/>
    public IReadOnlyList<SocketAddress> Addresses => inner.Addresses;

    /// <summary>How many handshakes are under way.</summary>
    internal int Pending
    {
        get
        {
            lock (_gate) return _pending.Count;
        }
    }

    private bool IsWanted => options.Parameters.TlsCreds is { Length: > 0 };

    /// <inheritdoc/>
    /// <exception cref="TlsException">There are no such credentials; the connection is closed.</exception>
    public async ValueTask<IMigrationChannel?> AcceptAsync()
    {
        if (!_accepts)
        {
            IMigrationChannel? first = await inner.AcceptAsync();
            if (first is null || !IsWanted) return first;
            Begin(first);
            _accepts = true;
            if (inner.Addresses.Count > 0) timeline.Start("mig/dst/tls-listen", AcceptAllAsync);
            else _hasEnded = true; // a stream that was there already is the only one
        }

        while (true)
        {
            lock (_gate)
            {
                if (_ready.TryDequeue(out IMigrationChannel? channel)) return channel;
                if (_failure is { } failure) throw failure;
                if (_isDisposed || (_hasEnded && _pending.Count == 0)) return null;
            }

            await _waker.WaitAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        TlsChannel[] pending;
        IMigrationChannel[] ready;
        lock (_gate)
        {
            _isDisposed = true;
            pending = [.. _pending];
            ready = [.. _ready];
            _pending.Clear();
            _ready.Clear();
        }

        inner.Dispose();
        foreach (TlsChannel channel in pending) channel.Shutdown();
        foreach (IMigrationChannel channel in ready) channel.Dispose();
        _waker.Wake();
    }

    private async ValueTask AcceptAllAsync()
    {
        try
        {
            while (await inner.AcceptAsync() is { } connection) Begin(connection);
        }
        catch (Exception e) when (e is TlsException or ChannelException)
        {
            lock (_gate) _failure ??= e;
        }

        lock (_gate) _hasEnded = true;
        _waker.Wake();
    }

    private void Begin(IMigrationChannel connection)
    {
        if (!IsWanted)
        {
            Ready(connection);
            return;
        }

        TlsChannel channel;
        try
        {
            channel = new TlsChannel(connection, Session());
        }
        catch (TlsException)
        {
            connection.Dispose();
            throw;
        }

        TlsChannel? oldest = null;
        lock (_gate)
        {
            if (_pending.Count == MostHandshakes) oldest = _pending.First!.Value;
            if (oldest is not null) _pending.RemoveFirst();
            _pending.AddLast(channel);
            if (_isDisposed) channel.Shutdown();
        }

        if (oldest is not null)
        {
            logger.Information("tls_handshake_dropped {Most}", MostHandshakes);
            oldest.Shutdown();
        }

        try
        {
            timeline.Start("mig/dst/tls", () => GreetAsync(channel));
        }
        catch (Exception e)
        {
            // No thread could be created: this peer is sent away, later ones may fare better.
            logger.Error("{Reason:l}", e.Message);
            Remove(channel);
            channel.Dispose();
        }
    }

    private TlsSessionOptions Session()
    {
        string id = options.Parameters.TlsCreds!;
        TlsCredentials credentials = options.Tls.Credentials(id, TlsEndpoint.Server);
        string? authorization = options.Parameters.TlsAuthz;
        return new TlsSessionOptions(credentials)
        {
            Authorization = authorization is { Length: > 0 } ? () => options.Tls.Authorization(authorization) : null,
        };
    }

    private async ValueTask GreetAsync(TlsChannel channel)
    {
        try
        {
            await channel.HandshakeAsync();
            logger.Information("tls_handshake_complete {Session:l}", channel.Description);
            if (Remove(channel)) Ready(channel);
            else channel.Dispose();
        }
        catch (ChannelException e)
        {
            bool isTold = Remove(channel);
            channel.Dispose();
            if (isTold) logger.Error("{Reason:l}", e.Message);
            _waker.Wake();
        }
    }

    // False if it has been sent away meanwhile.
    private bool Remove(TlsChannel channel)
    {
        lock (_gate) return _pending.Remove(channel) && !_isDisposed;
    }

    private void Ready(IMigrationChannel channel)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _ready.Enqueue(channel);
                _waker.Wake();
                return;
            }
        }

        channel.Dispose();
    }
}
