using Newtonsoft.Json.Linq;
using Qmp.Client.Telemetry;
using Qmp.Client.Wire;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Client.Connections;

/// <summary>Sends the commands of a connection in the order of the calls, and waits for their replies.</summary>
/// <param name="options">How the connection behaves.</param>
/// <param name="pending">Where replies find their calls.</param>
/// <param name="server">The server's name.</param>
internal sealed class RequestSender(QmpClientOptions options, PendingCalls pending, string server)
{
    // A server keeps the descriptors that came last: two commands with one each must not be under way together.
    private readonly SemaphoreSlim _descriptorTurn = new(1);

    /// <summary>Guards the order of sending: all of the next four. Never held while waiting.</summary>
    private readonly Lock _sending = new();
    private readonly RequestWriter _writer = new();
    private IConnection? _transport;
    private long _lastId;
    private long _handedOver;

    private long _sent;
    private volatile bool _isOpen;
    private volatile bool _outOfBand;
    private volatile QmpDisconnect? _end;

    /// <summary>How many commands were handed to the transport.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Whether calls are taken.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Whether out-of-band execution was negotiated.</summary>
    public bool IsOutOfBandEnabled => _outOfBand;

    /// <summary>Gives it the transport, for negotiation; calls are not taken yet.</summary>
    public void Attach(IConnection transport)
    {
        lock (_sending) _transport = transport;
    }

    /// <summary>Takes calls from now on.</summary>
    public void Open(bool outOfBand)
    {
        _outOfBand = outOfBand;
        _isOpen = true;
    }

    /// <summary>Takes no more calls and disposes the transport, if there is one.</summary>
    /// <returns>How many bytes have left; more are not going to.</returns>
    public long Close(QmpDisconnect end)
    {
        _end = end;
        _isOpen = false;
        lock (_sending)
        {
            if (_transport is null) return 0;
            // After a failure the transport has dropped its backlog: then everything counts as sent, to be safe.
            long left = _handedOver - _transport.Backlog;
            _transport.Dispose();
            return left;
        }
    }

    /// <summary>Negotiation has no pending call: the handshake itself waits for the reply.</summary>
    /// <returns>The id of the request.</returns>
    public long SendNegotiation(string command, JObject? arguments)
    {
        lock (_sending)
        {
            long id = ++_lastId;
            ReadOnlySpan<byte> request = _writer.Write(
                command,
                outOfBand: false,
                arguments,
                arguments is null ? null : static (visitor, name, value) => visitor.WriteAny(name, value!),
                id);
            _transport!.Send(request);
            CountSent(request.Length);
            return id;
        }
    }

    /// <summary>Sends a command and waits for its result.</summary>
    /// <param name="command">The wire name.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="writeArguments">Writes them; <see langword="null"/> to leave the member out.</param>
    /// <param name="call">How it is sent.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    public ValueTask<JToken> CallAsync<T>(
        string command,
        T arguments,
        ValueWriter<T>? writeArguments,
        QmpCallOptions call,
        CancellationToken cancellationToken) => ClientTelemetry.FollowsCommands
            ? FollowAsync(command, arguments, writeArguments, call, cancellationToken)
            : SendAsync(command, arguments, writeArguments, call, cancellationToken);

    // Apart, because what is captured is allocated.
    private ValueTask<JToken> FollowAsync<T>(
        string command,
        T arguments,
        ValueWriter<T>? writeArguments,
        QmpCallOptions call,
        CancellationToken cancellationToken) => ClientTelemetry.FollowAsync(
            command,
            call.OutOfBand,
            server,
            options.Time,
            () => SendAsync(command, arguments, writeArguments, call, cancellationToken));

    private async ValueTask<JToken> SendAsync<T>(
        string command,
        T arguments,
        ValueWriter<T>? writeArguments,
        QmpCallOptions call,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (call.OutOfBand && _isOpen && !_outOfBand && options.Negotiate)
        {
            throw new QmpUsageException($"{command}: out-of-band execution is not enabled on this connection");
        }

        if (call.Descriptor is not null)
        {
            return await CallWithDescriptorAsync(command, arguments, writeArguments, call, cancellationToken)
                .ConfigureAwait(OrderedContext.IsCurrent);
        }

        PendingCall waiting;
        lock (_sending)
        {
            waiting = Prepare(command, arguments, writeArguments, call, out ReadOnlySpan<byte> request);
            _transport!.Send(request);
            CountSent(request.Length);
        }

        TimeSpan timeout = TimeoutOf(call);
        using CancellationTokenRegistration cancel = cancellationToken.UnsafeRegister(
            (state, token) =>
            {
                var abandoned = (PendingCall)state!;
                if (pending.Abandon(abandoned)) abandoned.TrySetCanceled(token);
            },
            waiting);
        using ITimer? timer = timeout == Timeout.InfiniteTimeSpan
            ? null
            : options.Time.CreateTimer(_ => Expire(waiting, timeout), null, timeout, Timeout.InfiniteTimeSpan);
        return await waiting.Task.ConfigureAwait(OrderedContext.IsCurrent);
    }

    private static QmpTimeoutException NoReply(string command, TimeSpan timeout) =>
        new($"{command}: no reply within {timeout}");

    private async Task<JToken> CallWithDescriptorAsync<T>(
        string command,
        T arguments,
        ValueWriter<T>? writeArguments,
        QmpCallOptions call,
        CancellationToken cancellationToken)
    {
        await _descriptorTurn.WaitAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        PendingCall? waiting = null;
        try
        {
            while (!TrySendDescriptor(command, arguments, writeArguments, call, out waiting))
            {
                await _transport!.DrainAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            if (waiting is null) _descriptorTurn.Release();
        }

        // The next one has its turn when the server has dealt with this one, however long the caller waits for that.
        _ = waiting!.Task.ContinueWith(
            done =>
            {
                _ = done.Exception;
                _descriptorTurn.Release();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        TimeSpan timeout = TimeoutOf(call);
        try
        {
            return await waiting.Task.WaitAsync(timeout, options.Time, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (TimeoutException)
        {
            throw NoReply(command, timeout);
        }
    }

    private bool TrySendDescriptor<T>(
        string command, T arguments, ValueWriter<T>? writeArguments, QmpCallOptions call, out PendingCall? waiting)
    {
        lock (_sending)
        {
            PendingCall prepared = Prepare(command, arguments, writeArguments, call, out ReadOnlySpan<byte> request);
            waiting = null;
            try
            {
                if (_transport is not IDescriptorSender { CanSendDescriptors: true } sender)
                {
                    throw new QmpUsageException($"{command}: only Unix sockets carry descriptors");
                }

                if (!sender.TrySend(request, call.Descriptor!)) return false;
                CountSent(request.Length);
                waiting = prepared;
                return true;
            }
            finally
            {
                if (waiting is null) pending.Withdraw(prepared);
            }
        }
    }

    /// <summary>Writes a request and enters its call, so that the reply will find it. Called under _sending.</summary>
    private PendingCall Prepare<T>(
        string command,
        T arguments,
        ValueWriter<T>? writeArguments,
        QmpCallOptions call,
        out ReadOnlySpan<byte> request)
    {
        if (!_isOpen)
        {
            throw _end is { } end
                ? new QmpDisconnectedException(end, command)
                : new QmpUsageException("the connection is not open");
        }

        if (_transport!.Backlog > options.MaxUnsentBytes)
        {
            throw new QmpUsageException($"{command}: {_transport.Backlog} bytes wait for a server that does not read");
        }

        long id = _lastId + 1;
        request = _writer.Write(command, call.OutOfBand, arguments, writeArguments, id);
        _lastId = id;
        var waiting = new PendingCall(command) { Id = id, Start = _handedOver };
        return pending.Add(waiting) is { } ended ? throw new QmpDisconnectedException(ended, command) : waiting;
    }

    private void CountSent(int bytes)
    {
        _handedOver += bytes;
        Volatile.Write(ref _sent, _sent + 1);
    }

    private void Expire(PendingCall call, TimeSpan timeout)
    {
        if (pending.Abandon(call)) call.TrySetException(NoReply(call.Command, timeout));
    }

    private TimeSpan TimeoutOf(QmpCallOptions call) => call.Timeout ?? options.CommandTimeout;
}
