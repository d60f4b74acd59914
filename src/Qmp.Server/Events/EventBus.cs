using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;

namespace Qmp.Server.Events;

/// <summary>Sends events to all negotiated sessions: one order, one stamp, written once for all.</summary>
public sealed class EventBus : IEventPublisher, IDisposable
{
    private readonly TimeProvider _time;
    private readonly CompatPolicy _policy;
    private readonly Dictionary<string, EventThrottle> _throttles;

    // Held while an event is stamped, written and handed to every session; handing over never blocks.
    private readonly Lock _gate = new();

    // All guarded by _gate.
    private readonly List<IEventReceiver> _receivers = [];
    private readonly Dictionary<(string Event, string? Key), ThrottledKey> _throttled = [];
    private readonly MessageWriter _plain;
    private readonly MessageWriter _pretty;
    private bool _disposed;

    /// <summary>A bus without receivers.</summary>
    /// <param name="time">Stamps events and times throttling.</param>
    /// <param name="throttles">Which events are limited.</param>
    /// <param name="policy">Which events and members are hidden; none by default.</param>
    public EventBus(TimeProvider time, IEnumerable<EventThrottle>? throttles = null, CompatPolicy? policy = null)
    {
        _time = time;
        _policy = policy ?? CompatPolicy.Permissive;
        _throttles = (throttles ?? []).ToDictionary(t => t.EventName, StringComparer.Ordinal);
        _plain = new MessageWriter(pretty: false, _policy);
        _pretty = new MessageWriter(pretty: true, _policy);
    }

    /// <summary>How many sessions have events.</summary>
    internal int ReceiverCount
    {
        get
        {
            lock (_gate) return _receivers.Count;
        }
    }

    /// <inheritdoc/>
    public void Publish<T>(EventDescriptor<T> descriptor, T data)
    {
        if (_policy.Hides(descriptor.Features)) return;
        lock (_gate)
        {
            if (_disposed) return;
            var raised = new RaisedEvent<T>(descriptor, data, _time.GetUtcNow());
            if (_throttles.TryGetValue(descriptor.Name, out EventThrottle? throttle)) Throttle(throttle, data, raised);
            else Send(raised);
        }
    }

    /// <summary>Lets code of the same process have all events from now on, as clients get them.</summary>
    /// <param name="received">
    /// Gets each message, in the order of the events; it must be quick, and must publish nothing.
    /// </param>
    /// <returns>Ends that when it is disposed of.</returns>
    public IDisposable Subscribe(EventReceived received)
    {
        var subscription = new LocalSubscription(this, received);
        Join(subscription);
        return subscription;
    }

    /// <summary>Drops held events; nothing is sent any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            foreach (ThrottledKey throttled in _throttled.Values) throttled.Timer?.Dispose();
            _throttled.Clear();
            _receivers.Clear();
            _plain.Dispose();
            _pretty.Dispose();
        }
    }

    /// <summary>Lets a session have all events from now on.</summary>
    internal void Join(IEventReceiver receiver)
    {
        lock (_gate) _receivers.Add(receiver);
    }

    /// <summary>Lets a session have no more events.</summary>
    internal void Leave(IEventReceiver receiver)
    {
        lock (_gate) _receivers.Remove(receiver);
    }

    private void Throttle(EventThrottle throttle, object? data, RaisedEvent raised)
    {
        (string, string?) key = (throttle.EventName, data is null ? null : throttle.Key?.Invoke(data));
        if (_throttled.TryGetValue(key, out ThrottledKey? throttled))
        {
            throttled.Held = raised;
            return;
        }

        Send(raised);
        throttled = new ThrottledKey { Interval = throttle.Interval };
        _throttled.Add(key, throttled);
        throttled.Timer = _time.CreateTimer(_ => OnInterval(key), null, throttle.Interval, Timeout.InfiniteTimeSpan);
    }

    private void OnInterval((string, string?) key)
    {
        lock (_gate)
        {
            if (!_throttled.TryGetValue(key, out ThrottledKey? throttled)) return;
            if (throttled.Held is { } held)
            {
                throttled.Held = null;
                Send(held);
                throttled.Timer!.Change(throttled.Interval, Timeout.InfiniteTimeSpan);
                return;
            }

            _throttled.Remove(key);
            throttled.Timer!.Dispose();
        }
    }

    private void Send(RaisedEvent raised)
    {
        foreach (IEventReceiver receiver in _receivers)
        {
            MessageWriter writer = receiver.IsPretty ? _pretty : _plain;
            if (writer.Output.Length == 0) raised.Write(writer);
            receiver.Send(writer.Output.Span);
        }

        _plain.Output.Clear();
        _pretty.Output.Clear();
    }

    private sealed class LocalSubscription(EventBus bus, EventReceived received)
        : IEventReceiver, IDisposable
    {
        public bool IsPretty => false;

        public void Send(ReadOnlySpan<byte> message) => received(message);

        public void Dispose() => bus.Leave(this);
    }
}
