using Newtonsoft.Json.Linq;
using Qmp.Client.Wire;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Transport;

namespace Qmp.Client;

/// <content>Sending commands.</content>
public sealed partial class QmpConnection
{
    // A server keeps the descriptors that came last: two commands with one each must not be under way together.
    private readonly SemaphoreSlim _descriptorTurn = new(1);

    /// <summary>Guards the order of sending: all of the next three. Never held while waiting.</summary>
    private readonly Lock _sending = new();
    private readonly RequestWriter _writer = new();
    private long _lastId;
    private long _handedOver;

    private long _sent;

    /// <inheritdoc/>
    public ValueTask<TResult> ExecuteAsync<TArguments, TResult>(
        ClientCommand<TArguments, TResult> command, TArguments arguments, CancellationToken cancellationToken) =>
        ExecuteAsync(command, arguments, QmpCallOptions.Default, cancellationToken);

    /// <summary>Sends a command of the schema in a certain way.</summary>
    /// <inheritdoc cref="ICommandSender.ExecuteAsync"/>
    public async ValueTask<TResult> ExecuteAsync<TArguments, TResult>(
        ClientCommand<TArguments, TResult> command,
        TArguments arguments,
        QmpCallOptions options,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(arguments);
        if (options.OutOfBand && !command.AllowOutOfBand)
        {
            throw new QmpUsageException($"{command.Name} cannot be run out of band");
        }

        JToken result = await CallAsync(
            command.Name, arguments, command.HasArguments ? command.WriteArguments : null, options, cancellationToken)
            .ConfigureAwait(false);
        return Decoder.Read(command.ReadResult, result, command.Name);
    }

    /// <summary>Sends any command, known to the schema or not.</summary>
    /// <param name="command">The wire name.</param>
    /// <param name="arguments">The arguments, or <see langword="null"/> to leave the member out.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <returns>The <c>return</c> member.</returns>
    /// <inheritdoc cref="ICommandSender.ExecuteAsync" path="/exception"/>
    public ValueTask<JToken> ExecuteRawAsync(
        string command,
        JObject? arguments = null,
        QmpCallOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return CallAsync(
            command,
            arguments,
            arguments is null ? null : static (visitor, name, value) => visitor.WriteAny(name, value!),
            options ?? QmpCallOptions.Default,
            cancellationToken);
    }

    /// <summary>
    /// Sends a command that ends the server, such as <c>quit</c>, and waits for the end; whether the reply comes first
    /// does not matter.
    /// </summary>
    /// <returns>How the connection ended.</returns>
    /// <exception cref="QmpCommandException">The server refused the command.</exception>
    /// <exception cref="QmpDisconnectedException">The connection had ended before the command was sent.</exception>
    public async Task<QmpDisconnect> ExecuteUntilDisconnectAsync(
        string command, JObject? arguments = null, CancellationToken cancellationToken = default)
    {
        try
        {
            await ExecuteRawAsync(command, arguments, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (QmpDisconnectedException e) when (e.WasSent)
        {
            // The caller wanted the connection to end.
        }

        return await Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A sender for generated proxies that sends every command in a certain way.</summary>
    public ICommandSender With(QmpCallOptions options) => new ConfiguredSender(this, options);

    private static QmpTimeoutException NoReply(string command, TimeSpan timeout) =>
        new($"{command}: no reply within {timeout}");

    private async ValueTask<JToken> CallAsync<T>(
        string command,
        T arguments,
        ValueWriter<T>? writeArguments,
        QmpCallOptions options,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (options.OutOfBand && _isOpen && !_outOfBand && Options.Negotiate)
        {
            throw new QmpUsageException($"{command}: out-of-band execution is not enabled on this connection");
        }

        if (options.Descriptor is not null)
        {
            return await CallWithDescriptorAsync(command, arguments, writeArguments, options, cancellationToken)
                .ConfigureAwait(false);
        }

        PendingCall call;
        lock (_sending)
        {
            call = Prepare(command, arguments, writeArguments, options, out ReadOnlySpan<byte> request);
            _transport!.Send(request);
            CountSent(request.Length);
        }

        TimeSpan timeout = TimeoutOf(options);
        using CancellationTokenRegistration cancel = cancellationToken.UnsafeRegister(
            (state, token) =>
            {
                var abandoned = (PendingCall)state!;
                if (_pending.Abandon(abandoned)) abandoned.TrySetCanceled(token);
            },
            call);
        using ITimer? timer = timeout == Timeout.InfiniteTimeSpan
            ? null
            : Options.Time.CreateTimer(_ => Expire(call, timeout), null, timeout, Timeout.InfiniteTimeSpan);
        return await call.Task.ConfigureAwait(false);
    }

    private async Task<JToken> CallWithDescriptorAsync<T>(
        string command,
        T arguments,
        ValueWriter<T>? writeArguments,
        QmpCallOptions options,
        CancellationToken cancellationToken)
    {
        await _descriptorTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        PendingCall? call = null;
        try
        {
            while (!TrySendDescriptor(command, arguments, writeArguments, options, out call))
            {
                await _transport!.DrainAsync(cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            if (call is null) _descriptorTurn.Release();
        }

        // The next one has its turn when the server has dealt with this one, however long the caller waits for that.
        _ = call!.Task.ContinueWith(
            done =>
            {
                _ = done.Exception;
                _descriptorTurn.Release();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        TimeSpan timeout = TimeoutOf(options);
        try
        {
            return await call.Task.WaitAsync(timeout, Options.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw NoReply(command, timeout);
        }
    }

    private bool TrySendDescriptor<T>(
        string command, T arguments, ValueWriter<T>? writeArguments, QmpCallOptions options, out PendingCall? call)
    {
        lock (_sending)
        {
            PendingCall prepared = Prepare(command, arguments, writeArguments, options, out ReadOnlySpan<byte> request);
            call = null;
            try
            {
                if (_transport is not IDescriptorSender { CanSendDescriptors: true } sender)
                {
                    throw new QmpUsageException($"{command}: only Unix sockets carry descriptors");
                }

                if (!sender.TrySend(request, options.Descriptor!)) return false;
                CountSent(request.Length);
                call = prepared;
                return true;
            }
            finally
            {
                if (call is null) _pending.Withdraw(prepared);
            }
        }
    }

    /// <summary>Writes a request and enters its call, so that the reply will find it. Called under _sending.</summary>
    private PendingCall Prepare<T>(
        string command,
        T arguments,
        ValueWriter<T>? writeArguments,
        QmpCallOptions options,
        out ReadOnlySpan<byte> request)
    {
        if (!_isOpen) throw EndOf() is { } end ? new QmpDisconnectedException(end, command) : NotOpen();
        if (_transport!.Backlog > Options.MaxUnsentBytes)
        {
            throw new QmpUsageException($"{command}: {_transport.Backlog} bytes wait for a server that does not read");
        }

        long id = _lastId + 1;
        request = _writer.Write(command, options.OutOfBand, arguments, writeArguments, id);
        _lastId = id;
        var call = new PendingCall(command) { Id = id, Start = _handedOver };
        return _pending.Add(call) is { } ended ? throw new QmpDisconnectedException(ended, command) : call;
    }

    /// <summary>Negotiation has no pending call: the handshake itself waits for the reply.</summary>
    private long SendNegotiation(string command, JObject? arguments)
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

    private void CountSent(int bytes)
    {
        _handedOver += bytes;
        Volatile.Write(ref _sent, _sent + 1);
    }

    /// <summary>Disposes the transport.</summary>
    /// <returns>How many bytes have left; more are not going to.</returns>
    private long CloseTransport(IConnection? transport)
    {
        if (transport is null) return 0;
        lock (_sending)
        {
            // After a failure the transport has dropped its backlog: then everything counts as sent, to be safe.
            long left = _handedOver - transport.Backlog;
            transport.Dispose();
            return left;
        }
    }

    private void Expire(PendingCall call, TimeSpan timeout)
    {
        if (_pending.Abandon(call)) call.TrySetException(NoReply(call.Command, timeout));
    }

    private TimeSpan TimeoutOf(QmpCallOptions options) => options.Timeout ?? Options.CommandTimeout;

    private sealed class ConfiguredSender(QmpConnection connection, QmpCallOptions options) : ICommandSender
    {
        public ValueTask<TResult> ExecuteAsync<TArguments, TResult>(
            ClientCommand<TArguments, TResult> command, TArguments arguments, CancellationToken cancellationToken) =>
            connection.ExecuteAsync(command, arguments, options, cancellationToken);
    }
}
