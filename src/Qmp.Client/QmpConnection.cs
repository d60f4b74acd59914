using System.Net.Security;
using Qmp.Client.Connections;
using Qmp.Client.Events;
using Qmp.Client.Telemetry;
using Qmp.Client.Wire;
using Qmp.Protocol.Threading;
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
    private readonly QmpEndpoint _endpoint;
    private readonly EventHub _hub;
    private readonly bool _ownsHub;
    private readonly PendingCalls _pending = new();
    private readonly TaskCompletionSource<QmpDisconnect> _completion =
        new(OrderedContext.Completions);

    private readonly RequestSender _sender;
    private readonly MessageRouter _router;
    private readonly SessionOpener _opener;

    /// <summary>Guards the life cycle: all of the next four.</summary>
    private readonly Lock _gate = new();
    private bool _opening;
    private QmpDisconnect? _end;
    private QmpGreeting? _greeting;
    private Task _reader = Task.CompletedTask;

    /// <summary>A connection that is not open yet: whoever subscribes now misses nothing.</summary>
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
        _sender = new RequestSender(options, _pending, endpoint.Name);
        _router = new MessageRouter(hub, _pending, options.Logger, endpoint.Name, session) { Greeted = Greet };
        _opener = new SessionOpener(endpoint, options);
    }

    /// <summary>How it behaves.</summary>
    public QmpClientOptions Options { get; }

    /// <summary>Whether it is open. The answer may be old by the time it is read.</summary>
    public bool IsOpen => _sender.IsOpen;

    /// <summary>
    /// What the server said about itself. It is empty where <see cref="QmpClientOptions.Negotiate"/> is off and the
    /// server sent no greeting.
    /// </summary>
    /// <exception cref="QmpUsageException">The connection was never opened, so no greeting was received.</exception>
    public QmpGreeting Greeting
    {
        get
        {
            lock (_gate) return _greeting ?? throw new QmpUsageException("the connection is not open");
        }
    }

    /// <summary>Whether out-of-band execution is enabled.</summary>
    public bool IsOutOfBandEnabled => _sender.IsOutOfBandEnabled;

    /// <summary>Ends when the connection does, after everything else that depends on it. It never fails.</summary>
    public Task<QmpDisconnect> Completion => _completion.Task;

    /// <summary>Which connection of a <see cref="ReconnectingQmpClient"/> it is, from 1 on.</summary>
    public int Session { get; }

    /// <summary>What it has seen so far.</summary>
    public QmpStatistics Statistics => _router.Statistics(_sender.Sent);

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

    /// <summary>Opens a session on a TCP port whose server speaks TLS.</summary>
    /// <param name="host">The host.</param>
    /// <param name="port">The port.</param>
    /// <param name="tls">Whom to trust and who one is: <see cref="TlsFolder.Read"/>.</param>
    /// <param name="options">How the session behaves.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public static Task<QmpConnection> ConnectTlsAsync(
        string host, int port, SslClientAuthenticationOptions? tls = null, QmpClientOptions? options = null, CancellationToken cancellationToken = default) =>
        ConnectAsync(QmpEndpoint.Tls(host, port, tls), options, cancellationToken);

    /// <summary>Opens a session wherever it may be.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public static async Task<QmpConnection> ConnectAsync(
        QmpEndpoint endpoint, QmpClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        var connection = new QmpConnection(endpoint, options);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(OrderedContext.IsCurrent);
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
            await EstablishAsync(giveUp.Token).ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (Exception e)
        {
            QmpDisconnect? earlier = EndOf();
            Close(new(DisconnectReason.ConnectFailed, e.Message, e));
            if (e is QmpUsageException) throw;
            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.IsCancellationRequested) throw _opener.ExplainTimeout();
            throw _opener.Explain(earlier is null ? e : new QmpDisconnectedException(earlier));
        }
    }

    /// <summary>Closes the connection and waits until nothing of it runs any more.</summary>
    /// <remarks>Calls under way get <see cref="QmpDisconnectedException"/>; what has not left is not sent.</remarks>
    public async ValueTask DisposeAsync()
    {
        Close(new(DisconnectReason.LocallyDisposed, "the connection was disposed"));
        Task reader;
        lock (_gate) reader = _reader;
        await reader.ConfigureAwait(OrderedContext.IsCurrent);
    }

    private QmpDisconnect? EndOf()
    {
        lock (_gate) return _end;
    }

    private async Task EstablishAsync(CancellationToken giveUp)
    {
        IConnection transport = await _opener.ReachAsync(giveUp).ConfigureAwait(OrderedContext.IsCurrent);
        lock (_gate)
        {
            if (_end is null) _sender.Attach(transport);
        }

        if (EndOf() is { } end)
        {
            transport.Dispose();
            throw new QmpDisconnectedException(end);
        }

        var source = new MessageSource(transport, Options.MaxMessageBytes);
        (QmpGreeting greeting, bool outOfBand) = await _opener.AgreeAsync(
            transport, source, _router.Publish, _sender.SendNegotiation, giveUp).ConfigureAwait(OrderedContext.IsCurrent);
        if (Options.Negotiate) _router.Greeted = null;
        giveUp.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_end is not null) throw new QmpDisconnectedException(_end);
            _greeting = greeting;
            _sender.Open(outOfBand);
            ClientTelemetry.Opened(_endpoint.Name);
            _reader = OrderedContext.Run(() => ReadAsync(source));
        }

        Options.Logger.Connected(_endpoint.Name, greeting.Version, outOfBand);
    }

    private void Greet(QmpGreeting greeting)
    {
        lock (_gate) _greeting = greeting;
    }

    private async Task ReadAsync(MessageSource source)
    {
        Close(await _router.RunAsync(source).ConfigureAwait(OrderedContext.IsCurrent));
        source.Dispose();
    }

    /// <summary>Ends the connection and all waiting calls. The first reason that is given is kept.</summary>
    private void Close(QmpDisconnect end)
    {
        lock (_gate)
        {
            if (_end is not null) return;
            _end = end;
        }

        ClientTelemetry.Closed(_endpoint.Name, end.Reason, _sender.IsOpen);
        long left = _sender.Close(end);
        Options.Logger.Disconnected(_endpoint.Name, end.Description);
        _pending.End(end, left);
        if (_ownsHub) _hub.End(end);
        using (OrderedContext.Leave()) _completion.TrySetResult(end);
    }
}
