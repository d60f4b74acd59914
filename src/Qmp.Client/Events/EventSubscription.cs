using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Qmp.Client.Events;
using Qmp.Protocol.Threading;

namespace Qmp.Client;

/// <summary>Events from the moment of subscribing on, in the order in which they came.</summary>
/// <remarks>
/// <para>It holds a bounded number of unread events and never holds up the connection: when it is full, the oldest one
/// goes. <see cref="QmpEvent.LostBefore"/> of the next one tells how many went, <see cref="Lost"/> how many in all.
/// </para>
/// <para>When the connection ends, what was received can still be read; then the stream ends without an exception, and
/// <see cref="QmpConnection.Completion"/> tells why.</para>
/// <para>One reader at a time, on any thread. Leaving a loop does not unsubscribe, disposing does.</para>
/// </remarks>
public sealed class EventSubscription : IAsyncEnumerable<QmpEvent>, IDisposable, IEventSink
{
    private readonly EventHub _hub;
    private readonly Func<QmpEvent, bool>? _filter;
    private readonly int _capacity;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();

    // All guarded by _gate.
    private readonly Queue<QmpEvent> _unread = new();
    private long _gap;
    private long _lost;
    private bool _ended;
    private QmpDisconnect? _end;
    private Exception? _fault;
    private TaskCompletionSource? _reader;

    internal EventSubscription(EventHub hub, Func<QmpEvent, bool>? filter, int capacity, ILogger logger)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _hub = hub;
        _filter = filter;
        _capacity = capacity;
        _logger = logger;
        hub.Add(this);
    }

    /// <summary>How many events were dropped because they were not read in time.</summary>
    public long Lost
    {
        get
        {
            lock (_gate) return _lost;
        }
    }

    /// <summary>Takes the next event if one is there. Those raised by a command are, once its reply is.</summary>
    public bool TryRead([NotNullWhen(true)] out QmpEvent? value)
    {
        lock (_gate)
        {
            if (!_unread.TryDequeue(out value)) return false;
            if (_gap > 0) value = value with { LostBefore = _gap };
            _gap = 0;
            return true;
        }
    }

    /// <summary>Waits until an event is there.</summary>
    /// <returns>True when an event can be read; false when the connection has ended and all events were read.</returns>
    /// <exception cref="QmpUsageException">Another caller already waits on this subscription.</exception>
    public async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource reader;
        lock (_gate)
        {
            if (_unread.Count > 0) return true;
            if (_fault is not null) throw new QmpUsageException($"the filter failed: {_fault.Message}", _fault);
            if (_ended) return false;
            if (_reader is not null) throw new QmpUsageException("a subscription has one reader at a time");
            reader = _reader = new TaskCompletionSource(OrderedContext.Completions);
        }

        try
        {
            await reader.Task.WaitAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }
        finally
        {
            lock (_gate)
            {
                if (_reader == reader) _reader = null;
            }
        }

        return await WaitToReadAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
    }

    /// <summary>Waits for the next event and takes it.</summary>
    /// <exception cref="QmpDisconnectedException">The connection has ended, and all events were read.</exception>
    public async ValueTask<QmpEvent> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (await WaitToReadAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent))
        {
            if (TryRead(out QmpEvent? value)) return value;
        }

        throw new QmpDisconnectedException(
            _end ?? new(DisconnectReason.LocallyDisposed, "the subscription was disposed"));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerator<QmpEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await WaitToReadAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent))
        {
            while (TryRead(out QmpEvent? value)) yield return value;
        }
    }

    /// <summary>Unsubscribes. What is unread is gone; a waiting reader finds the end.</summary>
    public void Dispose()
    {
        _hub.Remove(this);
        lock (_gate)
        {
            _unread.Clear();
            Finish();
        }
    }

    void IEventSink.Offer(QmpEvent value)
    {
        if (!Wants(value)) return;
        lock (_gate)
        {
            if (_ended) return;
            if (_unread.Count == _capacity)
            {
                _unread.Dequeue();
                _lost++;
                if (_gap++ == 0)
                {
                    _logger.SlowSubscription(_capacity, value.Name);
                }
            }

            _unread.Enqueue(value);
            Wake();
        }
    }

    void IEventSink.End(QmpDisconnect end)
    {
        lock (_gate)
        {
            _end = end;
            Finish();
        }
    }

    private bool Wants(QmpEvent value)
    {
        try
        {
            return _filter is null || _filter(value);
        }
        catch (Exception e)
        {
            // The filter's mistake is the subscriber's, not the connection's.
            lock (_gate)
            {
                _fault = e;
                Finish();
            }

            _hub.Remove(this);
            return false;
        }
    }

    private void Finish()
    {
        _ended = true;
        Wake();
    }

    private void Wake()
    {
        using (OrderedContext.Leave()) _reader?.TrySetResult();
        _reader = null;
    }
}
