using Qmp.Protocol.Messages;

namespace Qmp.Client.Events;

/// <summary>Passes the events of a client to its subscribers.</summary>
internal sealed class EventHub
{
    private readonly Lock _gate = new();

    // Guarded by _gate; the array is replaced, never changed.
    private IEventSink[] _sinks = [];
    private QmpDisconnect? _end;

    // Only the reading thread writes it; readers get a count that may be a moment old.
    private long _count;

    /// <summary>How many events there were.</summary>
    public long Count => Volatile.Read(ref _count);

    public void Add(IEventSink sink)
    {
        QmpDisconnect? end;
        lock (_gate)
        {
            end = _end;
            if (end is null) _sinks = [.. _sinks, sink];
        }

        if (end is not null) sink.End(end);
    }

    public void Remove(IEventSink sink)
    {
        lock (_gate) _sinks = [.. _sinks.Where(s => s != sink)];
    }

    /// <summary>Hands an event to all sinks.</summary>
    public void Publish(IncomingMessage message, int session)
    {
        Volatile.Write(ref _count, _count + 1);
        IEventSink[] sinks;
        lock (_gate) sinks = _sinks;
        if (sinks.Length == 0) return;
        var value = new QmpEvent(message.EventName!, message.Value, message.Timestamp, _count, session);
        foreach (IEventSink sink in sinks) sink.Offer(value);
    }

    /// <summary>Ends all subscriptions, and those to come.</summary>
    public void End(QmpDisconnect end)
    {
        IEventSink[] sinks;
        lock (_gate)
        {
            if (_end is not null) return;
            _end = end;
            sinks = _sinks;
            _sinks = [];
        }

        foreach (IEventSink sink in sinks) sink.End(end);
    }
}
