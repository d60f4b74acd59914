using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;
using Qmp.Client.Events;
using Qmp.Client.Telemetry;
using Qmp.Client.Wire;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Threading;

namespace Qmp.Client.Connections;

/// <summary>Takes what a server sends to whoever waits for it. Used by the reading thread.</summary>
/// <param name="hub">Gets the events.</param>
/// <param name="pending">The calls that wait for replies.</param>
/// <param name="logger">Is told what is dropped.</param>
/// <param name="endpoint">The server's name, for the log.</param>
/// <param name="session">Which connection of several it is.</param>
internal sealed class MessageRouter(EventHub hub, PendingCalls pending, ILogger logger, string endpoint, int session)
{
    // Written by the reading thread only.
    private long _replies;
    private long _late;
    private long _unmatched;
    private long _unknown;
    private long _events;

    /// <summary>
    /// Takes a greeting that comes where none was waited for; <see langword="null"/> once there was one: a second
    /// greeting ends the connection.
    /// </summary>
    public Action<QmpGreeting>? Greeted { get; set; }

    /// <summary>What it has seen so far.</summary>
    /// <param name="sent">How many commands were sent.</param>
    public QmpStatistics Statistics(long sent) => new(
        sent,
        Volatile.Read(ref _replies),
        Volatile.Read(ref _late),
        Volatile.Read(ref _unmatched),
        Volatile.Read(ref _unknown),
        Volatile.Read(ref _events));

    /// <summary>Takes messages where they belong until the connection ends.</summary>
    /// <returns>How it ended.</returns>
    public async Task<QmpDisconnect> RunAsync(MessageSource source)
    {
        try
        {
            while (await source.ReadAsync().ConfigureAwait(OrderedContext.IsCurrent) is { } message) Take(message);
            return source.End;
        }
        catch (ViolationException e)
        {
            return e.ToDisconnect();
        }
        catch (Exception e)
        {
            return new(DisconnectReason.TransportFailed, $"receiving failed: {e.Message}", e);
        }
    }

    /// <summary>Takes an event to its subscribers.</summary>
    public void Publish(IncomingMessage message)
    {
        _events++;
        ClientTelemetry.Event(message.EventName!, endpoint);
        hub.Publish(message, session);
    }

    private void Take(IncomingMessage message)
    {
        switch (message.Kind)
        {
            case IncomingMessageKind.Event:
                Publish(message);
                break;
            case IncomingMessageKind.Return or IncomingMessageKind.Error:
                TakeReply(message);
                break;
            case IncomingMessageKind.Greeting when Greeted is { } greeted:
                Greeted = null;
                greeted(new QmpGreeting(message.Version, message.Capabilities));
                break;
            case IncomingMessageKind.Greeting:
                // The session behind it is a new one; nothing that was negotiated or asked holds there.
                throw new ViolationException(DisconnectReason.ProtocolViolation, "the peer sent a second greeting");
            default:
                _unknown++;
                logger.UnknownMessage(endpoint);
                break;
        }
    }

    private void TakeReply(IncomingMessage message)
    {
        long? id = message.Id is JValue { Value: long known } ? known : null;
        PendingCall? call = pending.Take(id, hasId: message.Id is not null, out bool isLate);
        if (call is not null)
        {
            _replies++;
            if (message.Error is null) call.TrySetResult(message.Value!);
            else call.TrySetException(new QmpCommandException(call.Command, message.Error));
        }
        else if (isLate)
        {
            _late++;
            logger.LateReply(id, endpoint);
        }
        else
        {
            _unmatched++;
            logger.UnmatchedReply(endpoint, message.Id, message.Error);
        }
    }
}
