using Newtonsoft.Json.Linq;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Threading;

namespace Qmp.Client.Wire;

/// <summary>Sends the request that negotiates.</summary>
/// <returns>Its id.</returns>
internal delegate long NegotiationSender(string command, JObject? arguments);

/// <summary>The start of a session: greeting, then negotiation (qmp-spec, "Capabilities Negotiation").</summary>
internal sealed class Handshake(MessageSource source, Action<IncomingMessage> publish)
{
    private const string Negotiate = "qmp_capabilities";
    private const string OutOfBand = "oob";

    /// <summary>Waits for the greeting.</summary>
    /// <exception cref="QmpException">The server sent something other than a greeting, or closed the connection.</exception>
    public async Task<QmpGreeting> ReadGreetingAsync()
    {
        while (true)
        {
            IncomingMessage message = await ReadFirstAsync().ConfigureAwait(OrderedContext.IsCurrent);
            switch (message.Kind)
            {
                case IncomingMessageKind.Greeting:
                    return new QmpGreeting(message.Version, message.Capabilities);
                case IncomingMessageKind.Event:
                    // Real servers have sent events first, whatever the specification says.
                    publish(message);
                    break;
                default:
                    throw new QmpProtocolException(
                        $"the peer does not speak QMP: it began with {Describe(message.Kind)} instead of a greeting");
            }
        }
    }

    /// <summary>Ends negotiation.</summary>
    /// <param name="greeting">What is on offer.</param>
    /// <param name="wantsOutOfBand">Whether to enable out-of-band execution if it is.</param>
    /// <param name="send">Sends the request, which has an id of its own.</param>
    /// <returns>Whether out-of-band execution is enabled.</returns>
    /// <exception cref="QmpException">The server refused <c>qmp_capabilities</c>, or sent no reply to it.</exception>
    public async Task<bool> NegotiateAsync(QmpGreeting greeting, bool wantsOutOfBand, NegotiationSender send)
    {
        bool outOfBand = wantsOutOfBand && greeting.Capabilities.Contains(OutOfBand);
        long id = send(Negotiate, outOfBand ? new JObject { ["enable"] = new JArray(OutOfBand) } : null);
        while (true)
        {
            IncomingMessage message = await ReadAsync().ConfigureAwait(OrderedContext.IsCurrent);
            switch (message.Kind)
            {
                case IncomingMessageKind.Event:
                    publish(message);
                    break;
                case IncomingMessageKind.Return when IsFor(message, id):
                    return outOfBand;
                case IncomingMessageKind.Error when IsFor(message, id):
                    throw new QmpCommandException(Negotiate, message.Error!);
                case IncomingMessageKind.Unknown:
                    break;
                default:
                    throw new QmpProtocolException(
                        $"{Negotiate} was answered by {Describe(message.Kind)} for something else");
            }
        }
    }

    private static bool IsFor(IncomingMessage message, long id) =>
        message.Id is null || (message.Id is JValue { Value: long known } && known == id);

    private static string Describe(IncomingMessageKind kind) => kind switch
    {
        IncomingMessageKind.Greeting => "a greeting",
        IncomingMessageKind.Return => "a reply",
        IncomingMessageKind.Error => "an error",
        IncomingMessageKind.Event => "an event",
        _ => "JSON that is no message of QMP's",
    };

    /// <summary>Says of what is no JSON whose it is, where that is known.</summary>
    private async ValueTask<IncomingMessage> ReadFirstAsync()
    {
        try
        {
            return await ReadAsync().ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (ViolationException e) when (ForeignProtocol.Recognise(source.LatestInput) is { } other)
        {
            throw new ViolationException(DisconnectReason.ProtocolViolation, $"{other} ({e.Message})");
        }
    }

    private async ValueTask<IncomingMessage> ReadAsync() => await source.ReadAsync().ConfigureAwait(OrderedContext.IsCurrent)
        ?? throw new QmpDisconnectedException(source.End);
}
