using Qmp.Protocol.Threading;

namespace Qmp.Client.Events;

/// <summary>A wait for one event.</summary>
internal sealed class EventWaiter(Func<QmpEvent, bool> filter)
    : TaskCompletionSource<QmpEvent>(OrderedContext.Completions), IEventSink
{
    public void Offer(QmpEvent value)
    {
        if (Task.IsCompleted) return;
        try
        {
            if (!filter(value)) return;
            using (OrderedContext.Leave()) TrySetResult(value);
        }
        catch (Exception e)
        {
            // The filter's mistake is the waiter's, not the connection's.
            TrySetException(e);
        }
    }

    public void End(QmpDisconnect end)
    {
        using (OrderedContext.Leave()) TrySetException(new QmpDisconnectedException(end));
    }
}
