using Qmp.Client.Events;
using Qmp.Client.Wire;
using Qmp.Protocol.Transport;

namespace Qmp.Client;

/// <summary>A session with one monitor: commands go out, replies and events come back.</summary>
/// <remarks>
/// <para>All members may be used from any number of threads at once. Commands leave in the order in which the calls
/// were made, and any number may be under way; each finds its reply by id. Continuations never run on the reading
/// thread, so nothing that a caller does holds up the connection, except for filters of events: those do run there, and
/// must be quick and must not wait.</para>
/// <para>Cancelling a call, or its timeout, abandons the wait only. The server may run the command all the same; its
/// late reply is dropped. The connection stays usable.</para>
/// <para>A connection is opened once and ends once. Then every call that waits gets
/// <see cref="QmpDisconnectedException"/>, subscriptions end, and last <see cref="Completion"/> tells why.</para>
/// </remarks>
public sealed partial class QmpConnection : ICommandSender, IAsyncDisposable
{
    private const string UsualCause =
        "; a monitor serves one client at a time, and another one may hold this one (or the server is stopped)";

    private readonly QmpEndpoint _endpoint;
    private readonly EventHub _hub;
    private readonly bool _ownsHub;
    private readonly PendingCalls _pending = new();
    private readonly TaskCompletionSource<QmpDisconnect> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Guards the life cycle: all of the next five.</summary>
    private readonly Lock _gate = new();
    private bool _opening;
    private QmpDisconnect? _end;
    private IConnection? _transport;
    private QmpGreeting? _greeting;
    private Task _reader = Task.CompletedTask;

    // Written before the reading thread starts, then by it only.
    private bool _greeted;

    private volatile bool _isOpen;
    private volatile bool _outOfBand;
    private volatile ConnectPhase _phase;

    /// <summary>Makes a connection that is not open yet: a subscriber that joins now misses no event.</summary>
    public QmpConnection(QmpEndpoint endpoint, QmpClientOptions? options = null)
        : this(endpoint, options ?? QmpClientOptions.Default, new EventHub(), session: 1)
    {
        _ownsHub = true;
    }

    /// <summary>One connection of several that share their subscriptions.</summary>
    internal QmpConnection(QmpEndpoint endpoint, QmpClientOptions options, EventHub hub, int session)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _endpoint = endpoint;
        Options = options;
        _hub = hub;
        Session = session;
    }

    /// <summary>How it behaves.</summary>
    public QmpClientOptions Options { get; }

    /// <summary>Whether it is open. The answer may be old by the time it is read.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>
    /// What the server said about itself. It is empty where <see cref="QmpClientOptions.Negotiate"/> is off and the
    /// server sent no greeting.
    /// </summary>
    /// <exception cref="QmpUsageException">The connection was never opened, so no greeting was received.</exception>
    public QmpGreeting Greeting
    {
        get
        {
            lock (_gate) return _greeting ?? throw NotOpen();
        }
    }

    /// <summary>Whether out-of-band execution is enabled.</summary>
    public bool IsOutOfBandEnabled => _outOfBand;

    /// <summary>Ends when the connection does, after everything else that depends on it. It never fails.</summary>
    public Task<QmpDisconnect> Completion => _completion.Task;

    /// <summary>Which connection of a <see cref="ReconnectingQmpClient"/> it is, from 1 on.</summary>
    public int Session { get; }

    /// <summary>What it has seen so far.</summary>
    public QmpStatistics Statistics => new(
        Volatile.Read(ref _sent),
        Volatile.Read(ref _replies),
        Volatile.Read(ref _late),
        Volatile.Read(ref _unmatched),
        Volatile.Read(ref _unknown),
        Volatile.Read(ref _events));

    /// <summary>Opens a session on a Unix socket.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public static Task<QmpConnection> ConnectUnixAsync(
        string path, QmpClientOptions? options = null, CancellationToken cancellationToken = default) =>
        ConnectAsync(QmpEndpoint.Unix(path), options, cancellationToken);

    /// <summary>Opens a session on a TCP port.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public static Task<QmpConnection> ConnectTcpAsync(
        string host, int port, QmpClientOptions? options = null, CancellationToken cancellationToken = default) =>
        ConnectAsync(QmpEndpoint.Tcp(host, port), options, cancellationToken);

    /// <summary>Opens a session wherever it may be.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public static async Task<QmpConnection> ConnectAsync(
        QmpEndpoint endpoint, QmpClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        var connection = new QmpConnection(endpoint, options);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Connects, waits for the greeting and negotiates; <see cref="QmpClientOptions.ConnectTimeout"/> is for all of it.
    /// </summary>
    /// <exception cref="QmpConnectException">
    /// Connecting, waiting for the greeting or negotiating failed, or took too long.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller cancelled the attempt.</exception>
    /// <exception cref="QmpUsageException">This connection was opened before.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_opening) throw new QmpUsageException("a connection can be opened once");
            _opening = true;
        }

        using var deadline = new CancellationTokenSource(Options.ConnectTimeout, Options.Time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await EstablishAsync(giveUp.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            QmpDisconnect? earlier = EndOf();
            Close(new(DisconnectReason.ConnectFailed, e.Message, e));
            if (e is QmpUsageException) throw;
            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.IsCancellationRequested)
            {
                var timeout = new TimeoutException(
                    $"nothing within {Options.ConnectTimeout.TotalSeconds:0.###} s"
                        + (_phase == ConnectPhase.Greeting ? UsualCause : ""));
                throw new QmpConnectException(_endpoint.Name, _phase, timeout.Message, timeout);
            }

            if (earlier is not null) e = new QmpDisconnectedException(earlier);
            throw new QmpConnectException(_endpoint.Name, _phase, e.Message, Cause(e));
        }
    }

    /// <summary>Closes the connection and waits until nothing of it runs any more.</summary>
    /// <remarks>Calls under way get <see cref="QmpDisconnectedException"/>; what has not left is not sent.</remarks>
    public async ValueTask DisposeAsync()
    {
        Close(new(DisconnectReason.LocallyDisposed, "the connection was disposed"));
        Task reader;
        lock (_gate) reader = _reader;
        await reader.ConfigureAwait(false);
    }

    private static QmpUsageException NotOpen() => new("the connection is not open");

    private static Exception Cause(Exception e) => e is ViolationException ? new QmpProtocolException(e.Message) : e;

    private QmpDisconnect? EndOf()
    {
        lock (_gate) return _end;
    }

    private async Task EstablishAsync(CancellationToken giveUp)
    {
        IConnection transport = await ReachAsync(giveUp).ConfigureAwait(false);
        lock (_gate)
        {
            if (_end is null) _transport = transport;
        }

        if (EndOf() is { } end)
        {
            transport.Dispose();
            throw new QmpDisconnectedException(end);
        }

        _phase = ConnectPhase.Greeting;
        var source = new MessageSource(transport, Options.MaxMessageBytes);
        var greeting = new QmpGreeting(null, []);
        if (Options.Negotiate)
        {
            using CancellationTokenRegistration _ = giveUp.UnsafeRegister(
                static t => ((IConnection)t!).Dispose(), transport);
            // Not on the caller's thread: a blocking transport would hold it.
            greeting = await Task.Run(() => ShakeHandsAsync(source), CancellationToken.None).ConfigureAwait(false);
            _greeted = true;
        }

        giveUp.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_end is not null) throw new QmpDisconnectedException(_end);
            _greeting = greeting;
            _isOpen = true;
            _reader = Task.Run(() => ReadAsync(source), CancellationToken.None);
        }

        Options.Logger.Connected(_endpoint.Name, greeting.Version, _outOfBand);
    }

    private async Task<IConnection> ReachAsync(CancellationToken giveUp)
    {
        while (true)
        {
            try
            {
                return await _endpoint.ConnectAsync(giveUp).ConfigureAwait(false);
            }
            catch (TransportException e) when (Options.ConnectRetryInterval is not null)
            {
                Options.Logger.NotReachedYet(_endpoint.Name, e.Message);
            }

            await Task.Delay(Options.ConnectRetryInterval.Value, Options.Time, giveUp).ConfigureAwait(false);
        }
    }

    private async Task<QmpGreeting> ShakeHandsAsync(MessageSource source)
    {
        var handshake = new Handshake(source, PublishEvent);
        QmpGreeting greeting = await handshake.ReadGreetingAsync().ConfigureAwait(false);
        _phase = ConnectPhase.Negotiation;
        _outOfBand = await handshake.NegotiateAsync(greeting, Options.EnableOutOfBand, SendNegotiation)
            .ConfigureAwait(false);
        return greeting;
    }

    private async Task ReadAsync(MessageSource source)
    {
        QmpDisconnect end;
        try
        {
            while (await source.ReadAsync().ConfigureAwait(false) is { } message) Take(message);
            end = source.IsWithinMessage
                ? new(DisconnectReason.ClosedWithinMessage, "the peer closed the connection within a message")
                : new(DisconnectReason.ClosedByPeer, "the peer closed the connection");
        }
        catch (ViolationException e)
        {
            end = e.ToDisconnect();
        }
        catch (Exception e)
        {
            end = new(DisconnectReason.TransportFailed, $"receiving failed: {e.Message}", e);
        }

        Close(end);
        source.Dispose();
    }

    /// <summary>Ends the connection and all waiting calls. The first reason that is given is kept.</summary>
    private void Close(QmpDisconnect end)
    {
        IConnection? transport;
        lock (_gate)
        {
            if (_end is not null) return;
            _end = end;
            _isOpen = false;
            transport = _transport;
        }

        long left = CloseTransport(transport);
        Options.Logger.Disconnected(_endpoint.Name, end.Description);
        _pending.End(end, left);
        if (_ownsHub) _hub.End(end);
        _completion.TrySetResult(end);
    }
}
