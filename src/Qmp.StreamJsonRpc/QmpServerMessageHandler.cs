using Newtonsoft.Json.Linq;
using Qmp.Protocol.Framing;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using Qmp.StreamJsonRpc.Mapping;
using Qmp.StreamJsonRpc.Server;
using Qmp.StreamJsonRpc.Values;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc;

/// <summary>Lets a JsonRpc answer one QMP client: for small servers and tests.</summary>
/// <remarks>
/// <para>Greeting, negotiation, parse errors and malformed requests are dealt with here; commands go to the target
/// methods, notifications come out as events. QMP's order is forced: the next command is read when the last one was
/// answered, so there is no out-of-band execution, and a client that hangs up is noticed only then.</para>
/// <para>Argument errors are QEMU's in the simple cases; exceptions other than <see cref="LocalRpcException"/> are not
/// shown to the client. A server that has to be exact and fast is <c>Qmp.Server</c>'s business.</para>
/// </remarks>
public sealed class QmpServerMessageHandler : IJsonRpcMessageHandler, IDisposable
{
    private readonly Stream _stream;
    private readonly QmpServerHandlerOptions _options;
    private readonly ValueMapping _values;
    private readonly MessageInput _input = new();
    private readonly MessageOutput _output;
    private readonly HandlerFormatter _formatter = new();
    private readonly Negotiation _negotiation = new();
    private CommandInTurn? _inTurn;
    private long _commands;
    private bool _greeted;

    /// <summary>A handler for one client.</summary>
    /// <param name="stream">The connection; disposed together with the handler.</param>
    /// <param name="options">Options.</param>
    public QmpServerMessageHandler(Stream stream, QmpServerHandlerOptions options)
    {
        _stream = stream;
        _options = options;
        _values = new ValueMapping(options.Serializer);
        _output = new MessageOutput(stream);
    }

    /// <inheritdoc/>
    public bool CanRead => true;

    /// <inheritdoc/>
    public bool CanWrite => true;

    /// <inheritdoc/>
    public IJsonRpcMessageFormatter Formatter => _formatter;

    /// <summary>Greets, waits until the last command was answered, and reads the next one.</summary>
    /// <returns>The command, or <see langword="null"/> when the client has left.</returns>
    public async ValueTask<JsonRpcMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!_greeted)
        {
            _greeted = true;
            await _output.SendAsync(w => w.WriteGreeting(_options.Version, []), cancellationToken)
                .ConfigureAwait(false);
        }

        if (_inTurn is { } last) await last.Answered.WaitAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            switch (_input.Read())
            {
                case JsonParseOutcome.Error:
                    QmpError error = QmpError.Generic(_input.Error);
                    await _output.SendAsync(w => w.WriteError(null, -1, error), cancellationToken)
                        .ConfigureAwait(false);
                    break;
                case JsonParseOutcome.Message:
                    if (await TakeAsync(cancellationToken).ConfigureAwait(false) is not { } command) break;
                    _formatter.Received(command, _inTurn!.Message);
                    return command;
                case JsonParseOutcome.NeedMore:
                    int count = await _stream.ReadAsync(_input.Receive(), cancellationToken).ConfigureAwait(false);
                    if (count == 0) return null;
                    _input.Received(count);
                    break;
            }
        }
    }

    /// <summary>Sends an answer, or a notification as an event; before the negotiation events are dropped.</summary>
    /// <exception cref="NotSupportedException">The message cannot be expressed in QMP.</exception>
    public async ValueTask WriteAsync(JsonRpcMessage jsonRpcMessage, CancellationToken cancellationToken)
    {
        switch (jsonRpcMessage)
        {
            case JsonRpcRequest { IsResponseExpected: true } call:
                throw new NotSupportedException($"'{call.Method}' asks for an answer, but a QMP server does not call its clients.");
            case JsonRpcRequest raised when raised.Method!.StartsWith(ReservedMethods.Prefix, StringComparison.Ordinal):
                _ = ReservedMethods.CancelledId(raised);
                return;
            case JsonRpcRequest raised:
                JObject? data = _values.ToMembers(raised);
                await _output.SendAsync(w => WriteEvent(w, raised, data), cancellationToken).ConfigureAwait(false);
                return;
            case JsonRpcResult result:
                JToken value = result.Result is null ? new JObject() : _values.ToToken(result.Result);
                await AnswerAsync(
                    result, result.RequestId, (w, turn) => WriteReturn(w, turn.Message, turn.Id, value),
                    cancellationToken).ConfigureAwait(false);
                return;
            case JsonRpcError error:
                await AnswerAsync(
                    error, error.RequestId,
                    (w, turn) => w.WriteError(turn.Message, turn.Id, ServerErrors.From(turn.Request, error.Error)),
                    cancellationToken).ConfigureAwait(false);
                return;
        }
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _stream.Dispose();

    /// <summary>Answers a request here, or makes it the command in turn.</summary>
    private async ValueTask<InboundRequest?> TakeAsync(CancellationToken cancellationToken)
    {
        JsonMessage message = _input.Exchange(new JsonMessage());
        RequestEnvelope envelope = RequestEnvelope.Read(message, outOfBandEnabled: false);
        string name = envelope.Error is null ? message.StringAt(envelope.Command) : "";
        var arguments = envelope.Arguments < 0 ? null : message.ToJToken(envelope.Arguments) as JObject;
        if (envelope.Error is null && _negotiation.IsDone && IsForTarget(name))
        {
            var request = InboundRequest.Command(name, arguments, new RequestId(++_commands), _values);
            _inTurn = new CommandInTurn(request, message, envelope.Id);
            return request;
        }

        // Negotiated while it is this reply's turn: no event goes before it.
        await _output.SendAsync(
            w => WriteReply(w, message, envelope.Id, Refuse(envelope.Error, name, arguments)), cancellationToken)
            .ConfigureAwait(false);
        message.Dispose();
        return null;
    }

    /// <summary>Whether a target is asked: a JsonRpc's own methods are targets, too, but not for clients.</summary>
    private static bool IsForTarget(string command) =>
        command != Negotiation.Command && !command.StartsWith(ReservedMethods.Prefix, StringComparison.Ordinal);

    private QmpError? Refuse(string? malformed, string command, JObject? arguments) =>
        malformed is not null ? QmpError.Generic(malformed)
        : command == Negotiation.Command ? _negotiation.Run(arguments)
        : _negotiation.IsDone ? ServerErrors.NotFound(command)
        : QmpError.NotFound("Expecting capabilities negotiation with 'qmp_capabilities'");

    private static void WriteReply(MessageWriter writer, JsonMessage message, int id, QmpError? error)
    {
        if (error is null) WriteReturn(writer, message, id, new JObject());
        else writer.WriteError(message, id, error);
    }

    private async ValueTask AnswerAsync(
        JsonRpcMessage answer, RequestId id, Action<MessageWriter, CommandInTurn> write,
        CancellationToken cancellationToken)
    {
        if (_inTurn is not { Answered.IsCompleted: false } turn || turn.Request.RequestId != id)
        {
            throw new InvalidOperationException($"Command {id} is not the one that waits for an answer.");
        }

        await _output.SendAsync(
            writer =>
            {
                write(writer, turn);
                _formatter.Sent(answer, writer.Output);
            },
            cancellationToken).ConfigureAwait(false);
        turn.End();
    }

    private static void WriteReturn(MessageWriter writer, JsonMessage message, int id, JToken value)
    {
        writer.BeginReturn().WriteAny("return"u8, value);
        writer.EndReturn(message, id);
    }

    private void WriteEvent(MessageWriter writer, JsonRpcRequest raised, JObject? data)
    {
        if (!_negotiation.IsDone) return;
        var descriptor = new EventDescriptor<JObject>(
            raised.Method!, SpecialFeatures.None, HasData: data is not null,
            static (visitor, name, value) => visitor.WriteAny(name, value),
            static (visitor, name) => (JObject)visitor.ReadAny(name));
        writer.WriteEvent(descriptor, data!, _options.Time.GetUtcNow());
        _formatter.Sent(raised, writer.Output);
    }
}
