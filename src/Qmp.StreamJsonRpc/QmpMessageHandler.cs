using System.Net.Sockets;
using System.Threading.Channels;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using Qmp.StreamJsonRpc.Client;
using Qmp.StreamJsonRpc.Mapping;
using Qmp.StreamJsonRpc.Values;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc;

/// <summary>Lets a JsonRpc drive a QMP server: QEMU, or one of ours.</summary>
/// <remarks>
/// <para>The connection is ready for commands when <see cref="ConnectAsync"/> returns: greeting and negotiation are
/// done. Calls need named arguments, or one object of all. Events arrive as notifications, from
/// <c>JsonRpc.StartListening</c> on.</para>
/// <para>A method called <c>exec-oob:NAME</c> runs the command out of band (qmp-spec, "Out-of-band execution").</para>
/// <para>A call that is cancelled ends at once; the server runs the command all the same, and its answer is
/// dropped.</para>
/// </remarks>
public sealed class QmpMessageHandler : IJsonRpcMessageHandler, IDisposable
{
    /// <summary>Begins the names of methods that are to run out of band.</summary>
    public const string OutOfBandPrefix = "exec-oob:";

    private const string OutOfBand = "oob";

    private readonly Stream _stream;
    private readonly QmpHandlerOptions _options;
    private readonly ValueMapping _values;
    private readonly ServerMessages _messages;
    private readonly MessageOutput _output;
    private readonly PendingCalls _calls = new();
    private readonly Channel<JsonRpcError> _cancelled = Channel.CreateUnbounded<JsonRpcError>();
    private readonly HandlerFormatter _formatter = new();
    private Task? _cancelling;

    private QmpMessageHandler(Stream stream, QmpHandlerOptions options)
    {
        _stream = stream;
        _options = options;
        _values = new ValueMapping(options.Serializer);
        _messages = new ServerMessages(stream);
        _output = new MessageOutput(stream);
    }

    /// <summary>
    /// Raised for a reply that answers no call, which would end a JsonRpc's connection. Comes from the reader: it
    /// must not be held up, nor thrown at.
    /// </summary>
    public event EventHandler<UnmatchedReplyEventArgs>? UnmatchedReply;

    /// <summary>The version in the greeting; <see langword="null"/> if it has none that is understood.</summary>
    public QmpVersion? Version { get; private set; }

    /// <summary>The capabilities that the server offered.</summary>
    public IReadOnlyList<string> Capabilities { get; private set; } = [];

    /// <summary>Whether methods with <see cref="OutOfBandPrefix"/> can be called.</summary>
    public bool IsOutOfBandEnabled { get; private set; }

    /// <inheritdoc/>
    public bool CanRead => true;

    /// <inheritdoc/>
    public bool CanWrite => true;

    /// <inheritdoc/>
    public IJsonRpcMessageFormatter Formatter => _formatter;

    /// <summary>Waits for the greeting and negotiates.</summary>
    /// <param name="stream">A connected duplex stream; disposed together with the handler, and on failure.</param>
    /// <param name="options">Options; the defaults if absent.</param>
    /// <param name="cancellationToken">Gives up: a server that serves another client lets one wait for ever.</param>
    /// <exception cref="QmpProtocolException">The peer does not speak QMP, or refused the negotiation.</exception>
    /// <exception cref="JsonReaderException">The peer does not speak JSON.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public static async Task<QmpMessageHandler> ConnectAsync(
        Stream stream, QmpHandlerOptions? options = null, CancellationToken cancellationToken = default)
    {
        var handler = new QmpMessageHandler(stream, options ?? new QmpHandlerOptions());
        try
        {
            await handler.NegotiateAsync(cancellationToken).ConfigureAwait(false);
            return handler;
        }
        catch
        {
            handler.Dispose();
            throw;
        }
    }

    /// <summary>Connects to a Unix socket, then as <see cref="ConnectAsync"/>.</summary>
    /// <exception cref="SocketException">No server listens on that path.</exception>
    public static async Task<QmpMessageHandler> ConnectUnixAsync(
        string path, QmpHandlerOptions? options = null, CancellationToken cancellationToken = default)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return await ConnectAsync(new NetworkStream(socket, ownsSocket: true), options, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Reads the next answer to a call, or event.</summary>
    /// <returns>The message, or <see langword="null"/> when the server has closed the connection.</returns>
    /// <exception cref="JsonReaderException">The server sent something that is not JSON.</exception>
    /// <exception cref="QmpProtocolException">The server sent JSON that is not a QMP message.</exception>
    public async ValueTask<JsonRpcMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_cancelled.Reader.TryRead(out JsonRpcError? cancelled)) return cancelled;
            if (_messages.TryRead() is { } incoming)
            {
                if (Take(incoming) is not { } message) continue;
                _formatter.Received(message, _messages.Text);
                return message;
            }

            Task received = _messages.WhenReceived();
            if (!received.IsCompleted)
            {
                if (_cancelling is null or { IsCompleted: true })
                {
                    _cancelling = _cancelled.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
                }

                await Task.WhenAny(received, _cancelling).WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            if (received.IsCompleted && !await _messages.ReceivedAsync().ConfigureAwait(false)) return null;
        }
    }

    /// <summary>Sends a call, or cancels one.</summary>
    /// <exception cref="NotSupportedException">The message cannot be expressed in QMP.</exception>
    /// <exception cref="InvalidOperationException">The call needs a capability that was not negotiated.</exception>
    public async ValueTask WriteAsync(JsonRpcMessage jsonRpcMessage, CancellationToken cancellationToken)
    {
        if (jsonRpcMessage is not JsonRpcRequest { Method: { } method } request)
        {
            throw new NotSupportedException("A QMP server does not call its clients, so there is no call to answer.");
        }

        if (method.StartsWith(ReservedMethods.Prefix, StringComparison.Ordinal))
        {
            Abandon(ReservedMethods.CancelledId(request));
            return;
        }

        bool outOfBand = method.StartsWith(OutOfBandPrefix, StringComparison.Ordinal);
        if (outOfBand && !IsOutOfBandEnabled)
        {
            throw new InvalidOperationException($"'{method}' needs out-of-band execution, which was not negotiated.");
        }

        string command = outOfBand ? method[OutOfBandPrefix.Length..] : method;
        JObject? arguments = _values.ToMembers(request);
        RequestId id = _calls.Add(request.RequestId);
        try
        {
            await _output.SendAsync(
                writer =>
                {
                    Write(writer, command, outOfBand, arguments, ToToken(id));
                    _formatter.Sent(request, writer.Output);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // A server that quits may answer and be gone before the stream is done with the request.
            if (_calls.Remove(id)) throw;
        }
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        _messages.Abandon();
    }

    private async Task NegotiateAsync(CancellationToken cancellationToken)
    {
        IncomingMessage greeting = await _messages.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (greeting.Kind != IncomingMessageKind.Greeting)
        {
            throw new QmpProtocolException("The server did not greet as QMP servers do.");
        }

        Version = greeting.Version;
        Capabilities = greeting.Capabilities;
        bool outOfBand = _options.EnableOutOfBand && Capabilities.Contains(OutOfBand);
        JObject? arguments = outOfBand ? new JObject { ["enable"] = new JArray(OutOfBand) } : null;
        await _output.SendAsync(
            writer => Write(writer, "qmp_capabilities", outOfBand: false, arguments, "qmp_capabilities"),
            cancellationToken).ConfigureAwait(false);

        IncomingMessage reply = await _messages.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (reply.Kind != IncomingMessageKind.Return)
        {
            string reason = reply.Error?.Description ?? $"{reply.Kind} instead of a reply";
            throw new QmpProtocolException($"The server refused the negotiation: {reason}");
        }

        IsOutOfBandEnabled = outOfBand;
    }

    private JsonRpcMessage? Take(IncomingMessage incoming)
    {
        switch (incoming.Kind)
        {
            case IncomingMessageKind.Event:
                var raised = new QmpEvent(incoming.EventName!, incoming.Value as JObject, incoming.Timestamp);
                return InboundRequest.Event(raised, _values);
            case IncomingMessageKind.Return or IncomingMessageKind.Error:
                return TakeReply(incoming);
            default:
                throw new QmpProtocolException($"The server sent {incoming.Kind} where QMP has replies and events.");
        }
    }

    private JsonRpcMessage? TakeReply(IncomingMessage reply)
    {
        RequestId id = ServerMessages.IdOf(reply);
        switch (_calls.Complete(id, reply.Error is not null))
        {
            case AnswerUse.Deliver when reply.Error is not null:
                return ErrorMessage.From(id, reply.Error);
            case AnswerUse.Deliver:
                return new ResultMessage(id, reply.Value!, _values);
            case AnswerUse.Unmatched:
                UnmatchedReply?.Invoke(this, new UnmatchedReplyEventArgs(reply.Id, reply.Value, reply.Error));
                return null;
            default:
                return null;
        }
    }

    private void Abandon(RequestId id)
    {
        if (_calls.Abandon(id)) _cancelled.Writer.TryWrite(ErrorMessage.Cancelled(id));
    }

    private static void Write(
        MessageWriter writer, string command, bool outOfBand, JObject? arguments, JToken id)
    {
        OutputVisitor visitor = writer.BeginRequest(command, outOfBand);
        if (arguments is not null) visitor.WriteAny("arguments"u8, arguments);
        writer.EndRequest(id);
    }

    private static JToken ToToken(RequestId id) => id switch
    {
        { Number: { } number } => number,
        { String: { } text } => text,
        _ => throw new NotSupportedException("The id of a call is a number or a text."),
    };
}
