using Qmp.Protocol.Framing;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;
using Qmp.Server.Dispatch;
using Qmp.Server.Events;

namespace Qmp.Server.Sessions;

/// <summary>One client from greeting to hang-up.</summary>
/// <remarks>
/// <para>One reader parses input and starts commands; nothing else touches the queue. Out-of-band commands run within
/// the reader, in-band ones on the loop, which is the same thing while the loop is free.</para>
/// <para>Without <c>oob</c> one command is in flight and nothing is parsed meanwhile. With it, reading goes on until
/// <see cref="QueueLimit"/> requests wait (qmp-spec, "Out-of-band execution").</para>
/// <para>Lock order: event bus, outbox, connection.</para>
/// </remarks>
internal sealed class MonitorSession : IMonitorSession, IEventReceiver, IDisposable
{
    /// <summary>In-band requests that may wait behind the one that runs.</summary>
    public const int QueueLimit = 8;

    /// <summary>Input of a session that makes it worth to give memory back to the system at its end.</summary>
    private const long MuchInput = 16 << 20;

    private readonly MonitorOptions _options;
    private readonly MonitorServices _services;
    private readonly IConnection _connection;
    private readonly MessageInput _input;
    private readonly Outbox _outbox;
    private readonly CommandDispatcher _inBand;
    private readonly CommandDispatcher _outOfBand;
    private readonly Queue<(JsonMessage? Message, string? SyntaxError)> _waiting = new(QueueLimit);
    private readonly Stack<JsonMessage> _spare = new(QueueLimit + 2);

    // Never disposed: commands that outlive the session hold its token.
    private readonly CancellationTokenSource _gone = new();
    private bool _suspendWhileBusy;
    private int _messages; // of the input that was received last
    private long _received;
    private volatile bool _negotiated;
    private volatile bool _outOfBandEnabled;
    private volatile bool _closing;
    private volatile bool _aborted;

    public MonitorSession(MonitorOptions options, MonitorServices services, IConnection connection)
    {
        _options = options;
        _services = services;
        _connection = connection;
        Gone = _gone.Token;
        _input = new MessageInput(services.JsonDialect);
        _outbox = new Outbox(connection, services.MaxBacklog, OnOverflow);
        _inBand = new CommandDispatcher(this, services, options.Pretty, isInBand: true);
        _outOfBand = new CommandDispatcher(this, services, options.Pretty, isInBand: false);
    }

    /// <inheritdoc/>
    public string MonitorId => _options.Id;

    /// <inheritdoc/>
    public bool IsPretty => _options.Pretty;

    /// <inheritdoc/>
    public IDictionary<Type, object> Items { get; } = new Dictionary<Type, object>();

    /// <summary>Whether the client has left capabilities negotiation.</summary>
    public bool IsNegotiated => _negotiated;

    /// <summary>Whether the client enabled <c>oob</c>.</summary>
    public bool OutOfBandEnabled => _outOfBandEnabled;

    /// <summary>Whether commands that have not begun are not to begin any more.</summary>
    public bool IsEnding => _closing || _aborted || _gone.IsCancellationRequested;

    /// <summary>Fires when the client is gone.</summary>
    public CancellationToken Gone { get; }

    /// <summary>Whether nothing is parsed for now.</summary>
    private bool IsSuspended =>
        _outOfBand.IsBusy || (_inBand.IsBusy && _suspendWhileBusy) || _waiting.Count >= QueueLimit;

    /// <summary>Serves the client until it leaves or the server closes.</summary>
    public async ValueTask RunAsync()
    {
        _services.Logger.Debug("monitor_qmp_connected {Monitor} {Connection}", MonitorId, _connection.Name);
        Greet();
        // A client that left before it was greeted has said nothing, as with QEMU.
        while (_received > 0 || !_connection.IsHungUp)
        {
            Work();
            if (_aborted || (_closing && !_inBand.IsExecuting && !_outOfBand.IsExecuting)) break;
            if (IsSuspended || _closing)
            {
                if (!await _connection.WaitForWakeAsync().ConfigureAwait(OrderedContext.IsCurrent)) break;
                continue;
            }

            int received = await _connection.ReceiveAsync(_input.Receive(), _inBand.IsBusy).ConfigureAwait(OrderedContext.IsCurrent);
            if (received == 0 && !_closing) break;
            if (received <= 0) continue;
            _input.Received(received);
            _received += received;
            _messages = 0;
        }

        await LeaveAsync().ConfigureAwait(OrderedContext.IsCurrent);
    }

    /// <summary>Ends the session once the command that runs, if any, is answered.</summary>
    public void Close()
    {
        _closing = true;
        _connection.StopReceiving();
    }

    /// <summary>Ends the session without waiting for anything.</summary>
    public void Abort()
    {
        _aborted = true;
        _connection.Dispose();
    }

    /// <inheritdoc/>
    public void CompleteNegotiation(bool outOfBand)
    {
        if (_negotiated)
        {
            throw new CommandException(
                QmpError.NotFound("Capabilities negotiation is already complete, command ignored"));
        }

        if (outOfBand && !_options.OffersOutOfBand) throw new CommandException("Capability oob not available");
        _outOfBandEnabled = outOfBand;
        _negotiated = true;
        _services.Events.Join(this);
        if (_gone.IsCancellationRequested) _services.Events.Leave(this);
    }

    /// <inheritdoc/>
    public int TakeDescriptor() => _connection.TakeDescriptor();

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> message) => _outbox.Add(message);

    /// <summary>Lets the reader look at what has changed.</summary>
    public void WakeReader() => _connection.Wake();

    public void Dispose() => _connection.Dispose();

    private void Greet()
    {
        using var writer = new MessageWriter(IsPretty);
        writer.WriteGreeting(_services.Version, _options.OffersOutOfBand ? ["oob"] : []);
        Send(writer.Output.Span);
    }

    /// <summary>Parses and runs as far as that goes without waiting; the replies leave together.</summary>
    private void Work()
    {
        if (_inBand.IsBusy) _inBand.Settle();
        if (_outOfBand.IsBusy) _outOfBand.Settle();
        _outbox.Hold();
        while (!IsEnding)
        {
            // With a backlog, read first: an out-of-band command may be among what comes.
            if (_input.HasInput && !IsSuspended) ReadOne();
            else if (_waiting.Count > 0 && !_inBand.IsBusy) StartNext();
            else break;
        }

        _outbox.Release();
    }

    private void ReadOne()
    {
        JsonParseOutcome outcome = _input.Read();
        if (outcome == JsonParseOutcome.NeedMore) return;
        // Replies to what came together leave together, so that no send tells of a client that left meanwhile.
        if (++_messages == 2 && _connection.IsHungUp)
        {
            _aborted = true;
            return;
        }

        JsonMessage? message = outcome == JsonParseOutcome.Message ? _input.Exchange(Spare()) : null;
        if (message is not null && RequestEnvelope.AsksOutOfBand(message))
        {
            Start(_outOfBand, message, null);
            return;
        }

        string? syntaxError = message is null ? _input.Error : null;
        if (_waiting.Count == 0 && !_inBand.IsBusy)
        {
            StartInBand(message, syntaxError);
            return;
        }

        _waiting.Enqueue((message, syntaxError));
    }

    private void StartNext()
    {
        (JsonMessage? message, string? syntaxError) = _waiting.Dequeue();
        StartInBand(message, syntaxError);
    }

    private void StartInBand(JsonMessage? message, string? syntaxError)
    {
        // As it was when the request began: qmp_capabilities itself changes it.
        _suspendWhileBusy = !_outOfBandEnabled;
        Start(_inBand, message, syntaxError);
    }

    private void Start(CommandDispatcher dispatcher, JsonMessage? message, string? syntaxError)
    {
        if (dispatcher.TakeMessage() is { } used) _spare.Push(used);
        dispatcher.Start(message, syntaxError);
    }

    private JsonMessage Spare() => _spare.TryPop(out JsonMessage? message) ? message : new JsonMessage();

    private async ValueTask LeaveAsync()
    {
        CancelCommands();
        _services.Events.Leave(this);
        if (!_aborted)
        {
            using CancellationTokenSource limit = new(_services.CloseTimeout, _services.Time);
            await _connection.DrainAsync(limit.Token).ConfigureAwait(OrderedContext.IsCurrent);
        }

        _outbox.Close();
        // A command that still runs keeps its dispatcher's memory; the garbage collector frees it afterwards.
        if (!_inBand.IsBusy && !_outOfBand.IsBusy) ReturnMemory();
        // Without clients nothing is allocated, and the collector would not come by itself.
        if (_received > MuchInput) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, true, true);
        _services.Logger.Debug("monitor_qmp_disconnected {Monitor} {Connection}", MonitorId, _connection.Name);
    }

    private void CancelCommands()
    {
        try
        {
            _gone.Cancel();
        }
        catch (AggregateException e)
        {
            _services.Logger.Error(e, "monitor_qmp_cancel_failed {Monitor}", MonitorId);
        }
    }

    private void ReturnMemory()
    {
        _input.Dispose();
        _inBand.TakeMessage()?.Dispose();
        _outOfBand.TakeMessage()?.Dispose();
        _inBand.Dispose();
        _outOfBand.Dispose();
        foreach ((JsonMessage? message, _) in _waiting) message?.Dispose();
        foreach (JsonMessage message in _spare) message.Dispose();
    }

    private void OnOverflow()
    {
        _aborted = true;
        _services.Logger.Warning(
            "monitor_qmp_slow_reader {Monitor} {Connection}: {Backlog} bytes unread, disconnected",
            MonitorId, _connection.Name, _connection.Backlog);
        _connection.StopReceiving();
    }
}
