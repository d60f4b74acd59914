using Qmp.Protocol.Messages;

namespace Qmp.Server.Events;

/// <summary>Sends events to every negotiated session. Generated event sinks call it.</summary>
/// <remarks>Safe for concurrent use; all sessions see all events in one order, stamped once.</remarks>
public interface IEventPublisher
{
    /// <summary>Stamps the event with the server's clock and queues it for every negotiated session.</summary>
    void Publish<T>(EventDescriptor<T> descriptor, T data);
}
