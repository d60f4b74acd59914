using Newtonsoft.Json.Linq;
using Qmp.Protocol.Messages;

namespace Qmp.Client.Wire;

/// <summary>The start of a session: greeting, then negotiation (qmp-spec, "Capabilities Negotiation").</summary>
internal sealed class Handshake(MessageSource source, Action<IncomingMessage> publish)
{
    private const string Negotiate = "qmp_capabilities";
    private const string OutOfBand = "oob";

    /// <summary>Waits for the greeting.</summary>
    /// <exception cref="QmpException">Something else came.</exception>
    public async Task<QmpGreeting> ReadGreetingAsync()
    {
        while (true)
        {
            IncomingMessage message = await ReadAsync().ConfigureAwait(false);
            switch (message.Kind)
            {
                case IncomingMessageKind.Greeting:
                    return new QmpGreeting(message.Version, message.Capabilities);
                case IncomingMessageKind.Event:
                    // Real servers have sent events first, whatever the specification says.
                    publish(message);
                    break;
                default:
                    throw new QmpProtocolException($"the peer does not speak QMP: it began with {message.Kind}");
            }
        }
    }

    /// <summary>Ends negotiation.</summary>
    /// <param name="greeting">What is on offer.</param>
    /// <param name="wantsOutOfBand">Whether to enable out-of-band execution if it is.</param>
    /// <param name="send">Sends the request, which has an id of its own.</param>
    /// <returns>Whether out-of-band execution is enabled.</returns>
    /// <exception cref="QmpException">The server refused, or broke the protocol.</exception>
    public async Task<bool> NegotiateAsync(QmpGreeting greeting, bool wantsOutOfBand, Func<string, JObject?, long> send)
    {
        bool outOfBand = wantsOutOfBand && greeting.Capabilities.Contains(OutOfBand);
        long id = send(Negotiate, outOfBand ? new JObject { ["enable"] = new JArray(OutOfBand) } : null);
        while (true)
        {
            IncomingMessage message = await ReadAsync().ConfigureAwait(false);
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
                    throw new QmpProtocolException($"{Negotiate} was answered by {message.Kind} for something else");
            }
        }
    }

    private static bool IsFor(IncomingMessage message, long id) =>
        message.Id is null || (message.Id is JValue { Value: long known } && known == id);

    private async ValueTask<IncomingMessage> ReadAsync() => await source.ReadAsync().ConfigureAwait(false)
        ?? throw new QmpDisconnectedException(source.IsWithinMessage
            ? new(DisconnectReason.ClosedWithinMessage, "the peer closed the connection within a message")
            : new(DisconnectReason.ClosedByPeer, "the peer closed the connection"));
}
