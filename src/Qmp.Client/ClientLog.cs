using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Messages;

namespace Qmp.Client;

/// <summary>All that a client reports.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(Level = LogLevel.Information,
        Message = "Connected to {Endpoint}, version {Version}, out-of-band {OutOfBand}")]
    public static partial void Connected(this ILogger logger, string endpoint, QmpVersion? version, bool outOfBand);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Endpoint} cannot be reached yet: {Reason}")]
    public static partial void NotReachedYet(this ILogger logger, string endpoint, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Disconnected from {Endpoint}: {Reason}")]
    public static partial void Disconnected(this ILogger logger, string endpoint, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Dropped a message of unknown kind from {Endpoint}")]
    public static partial void UnknownMessage(this ILogger logger, string endpoint);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Dropped the late reply {Id} from {Endpoint}")]
    public static partial void LateReply(this ILogger logger, long? id, string endpoint);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Dropped a reply from {Endpoint} that answers nothing: id {Id}, error {Error}")]
    public static partial void UnmatchedReply(this ILogger logger, string endpoint, JToken? id, QmpError? error);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "A subscription reads too slowly: {Capacity} events are unread as {Event} comes")]
    public static partial void SlowSubscription(this ILogger logger, int capacity, string @event);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Attempt {Attempt} to reconnect to {Endpoint} failed: {Reason}")]
    public static partial void ReconnectFailed(this ILogger logger, int attempt, string endpoint, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The listener to disconnections failed")]
    public static partial void ListenerFailed(this ILogger logger, Exception exception);
}
