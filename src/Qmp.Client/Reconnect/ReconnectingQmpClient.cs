using Newtonsoft.Json.Linq;
using Qmp.Client.Events;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Threading;

namespace Qmp.Client;

/// <summary>A client that connects again when its connection ends.</summary>
/// <remarks>
/// <para>Nothing is ever sent twice. Calls under way when a connection ends get
/// <see cref="QmpDisconnectedException"/>, and so do calls made while there is none:
/// <see cref="WhenConnectedAsync"/> waits for the next one. Only the caller knows what may be repeated.</para>
/// <para>Subscriptions outlive connections; <see cref="QmpEvent.Session"/> changes where events may be missing.</para>
/// <para>There is one connection at a time, and a growing pause between attempts: a monitor serves one client, and one
/// that is busy must not be hammered.</para>
/// <para>All members may be used from any number of threads at once.</para>
/// </remarks>
public sealed class ReconnectingQmpClient : ICommandSender, IAsyncDisposable
{
    private readonly QmpEndpoint _endpoint;
    private readonly ReconnectOptions _options;
    private readonly EventHub _hub = new();
    private readonly CancellationTokenSource _disposing = new();
    private readonly TaskCompletionSource<QmpDisconnect> _completion =
        new(OrderedContext.Completions);

    private readonly Lock _gate = new();

    // All guarded by _gate.
    private TaskCompletionSource<QmpConnection> _connected = NewWait();
    private QmpConnection? _current;
    private QmpDisconnect _lastEnd = new(DisconnectReason.ConnectFailed, "there has been no connection yet");
    private Task? _owner;

    private int _session;

    /// <summary>A client that has not started.</summary>
    /// <param name="endpoint">The server; one that can be connected to again.</param>
    /// <param name="options">How to come back.</param>
    public ReconnectingQmpClient(QmpEndpoint endpoint, ReconnectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _endpoint = endpoint;
        _options = options ?? ReconnectOptions.Default;
    }

    /// <summary>The connection, if there is one at this moment.</summary>
    public QmpConnection? Current
    {
        get
        {
            lock (_gate) return _current;
        }
    }

    /// <summary>Ends when the client is disposed or gives up; it never fails.</summary>
    public Task<QmpDisconnect> Completion => _completion.Task;

    /// <summary>Makes the first connection; from then on the client reconnects by itself.</summary>
    /// <exception cref="QmpConnectException">
    /// The first connection could not be made; the client can be started again.
    /// </exception>
    /// <exception cref="QmpUsageException">This client was started before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_owner is not null) throw new QmpUsageException("the client was started before");
            _owner = Task.CompletedTask;
        }

        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        try
        {
            QmpConnection first = await ConnectAsync(giveUp.Token).ConfigureAwait(OrderedContext.IsCurrent);
            lock (_gate) _owner = OrderedContext.Run(() => RunAsync(first));
        }
        catch
        {
            lock (_gate) _owner = null;
            throw;
        }
    }

    /// <summary>Waits until there is a connection.</summary>
    /// <exception cref="QmpDisconnectedException">
    /// The client was disposed of, or has given up reconnecting.
    /// </exception>
    public Task<QmpConnection> WhenConnectedAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            // Calls learn of the end of a connection a moment before its owner does.
            if (_current is { IsOpen: false }) LoseCurrent();
            return _connected.Task.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="QmpDisconnectedException">
    /// The connection ended before the reply came, or the client is not connected at the moment.
    /// </exception>
    public ValueTask<TResult> ExecuteAsync<TArguments, TResult>(
        ClientCommand<TArguments, TResult> command, TArguments arguments, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        return Take(command.Name, out QmpDisconnectedException? none) is { } connection
            ? connection.ExecuteAsync(command, arguments, cancellationToken)
            : ValueTask.FromException<TResult>(none!);
    }

    /// <inheritdoc cref="QmpConnection.ExecuteRawAsync"/>
    public ValueTask<JToken> ExecuteRawAsync(
        string command,
        JObject? arguments = null,
        QmpCallOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Take(command, out QmpDisconnectedException? none) is { } connection
            ? connection.ExecuteRawAsync(command, arguments, options, cancellationToken)
            : ValueTask.FromException<JToken>(none!);

    /// <summary>Subscribes to the events of this connection and of all later ones.</summary>
    /// <inheritdoc cref="QmpConnection.Subscribe(Func{QmpEvent, bool}?, int?)"/>
    public EventSubscription Subscribe(Func<QmpEvent, bool>? filter = null, int? capacity = null) =>
        new(_hub, filter, capacity ?? _options.Client.EventCapacity, _options.Client.Logger);

    /// <inheritdoc cref="Subscribe(Func{QmpEvent, bool}?, int?)"/>
    public EventSubscription<T> Subscribe<T>(EventDescriptor<T> descriptor, int? capacity = null) =>
        new(Subscribe(e => e.Is(descriptor), capacity), descriptor);

    /// <summary>Ends the connection and the attempts, and waits until nothing runs any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await OrderedContext.CancelAsync(_disposing).ConfigureAwait(OrderedContext.IsCurrent);
        Task? owner;
        lock (_gate) owner = _owner;
        if (owner is not null) await owner.ConfigureAwait(OrderedContext.IsCurrent);
        Finish(new(DisconnectReason.LocallyDisposed, "the client was disposed"));
    }

    private static TaskCompletionSource<QmpConnection> NewWait() =>
        new(OrderedContext.Completions);

    // Under _gate.
    private void LoseCurrent()
    {
        _current = null;
        _connected = NewWait();
    }

    private QmpConnection? Take(string command, out QmpDisconnectedException? none)
    {
        lock (_gate)
        {
            none = _current is null ? new QmpDisconnectedException(_lastEnd, command) : null;
            return _current;
        }
    }

    /// <summary>Owns one connection after the other, until the client is disposed or gives up.</summary>
    private async Task RunAsync(QmpConnection first)
    {
        QmpConnection? connection = first;
        while (connection is not null)
        {
            QmpDisconnect end = await EndOfAsync(connection).ConfigureAwait(OrderedContext.IsCurrent);
            if (_disposing.IsCancellationRequested) return;
            lock (_gate)
            {
                _lastEnd = end;
                if (_current is not null) LoseCurrent();
            }

            Report(end);
            connection = await ReconnectAsync().ConfigureAwait(OrderedContext.IsCurrent);
        }
    }

    private async Task<QmpDisconnect> EndOfAsync(QmpConnection connection)
    {
        await using (connection.ConfigureAwait(OrderedContext.IsCurrent))
        {
            Task ended = connection.Completion;
            await ended.WaitAsync(_disposing.Token).ConfigureAwait(OrderedContext.Quietly);
        }

        return await connection.Completion.ConfigureAwait(OrderedContext.IsCurrent);
    }

    private async Task<QmpConnection?> ReconnectAsync()
    {
        TimeSpan delay = _options.InitialDelay;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await Task.Delay(delay, _options.Client.Time, _disposing.Token).ConfigureAwait(OrderedContext.IsCurrent);
                return await ConnectAsync(_disposing.Token).ConfigureAwait(OrderedContext.IsCurrent);
            }
            catch (OperationCanceledException) when (_disposing.IsCancellationRequested)
            {
                return null;
            }
            catch (Exception e)
            {
                // The callback may throw anything; whatever it is, this connection is of no use.
                _options.Client.Logger.ReconnectFailed(attempt, _endpoint.Name, e.Message);
                if (attempt >= _options.MaxAttempts)
                {
                    Finish(new(DisconnectReason.ConnectFailed, $"gave up after {attempt} attempts: {e.Message}", e));
                    return null;
                }
            }

            delay = delay * 2 < _options.MaxDelay ? delay * 2 : _options.MaxDelay;
        }
    }

    /// <summary>Makes a connection and shows it to everybody once it is in step.</summary>
    private async Task<QmpConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new QmpConnection(_endpoint, _options.Client, _hub, ++_session);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            if (_options.Resync is { } resync) await resync(connection, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(OrderedContext.IsCurrent);
            throw;
        }

        lock (_gate)
        {
            _current = connection;
            using (OrderedContext.Leave()) _connected.TrySetResult(connection);
        }

        return connection;
    }

    private void Report(QmpDisconnect end)
    {
        try
        {
            _options.Disconnected?.Invoke(end);
        }
        catch (Exception e)
        {
            // The listener's mistake must not stop the client.
            _options.Client.Logger.ListenerFailed(e);
        }
    }

    private void Finish(QmpDisconnect end)
    {
        TaskCompletionSource<QmpConnection> waiting;
        lock (_gate)
        {
            if (_completion.Task.IsCompleted) return;
            _current = null;
            _lastEnd = end;
            if (_connected.Task.IsCompleted) _connected = NewWait();
            waiting = _connected;
        }

        using OrderedContext.Turns turns = OrderedContext.Leave();
        waiting.TrySetException(new QmpDisconnectedException(end));
        // There need not be anybody who waits for the connection.
        _ = waiting.Task.Exception;
        _hub.End(end);
        _completion.TrySetResult(end);
    }
}
