namespace Qmp.Client.Events;

/// <summary>Receives events: a subscription, or a single wait.</summary>
internal interface IEventSink
{
    /// <summary>Takes an event, or not. Called on the reading thread, one event at a time: it never waits.</summary>
    void Offer(QmpEvent value);

    /// <summary>No more events come.</summary>
    void End(QmpDisconnect end);
}
