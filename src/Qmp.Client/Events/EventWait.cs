using Qmp.Protocol.Threading;

namespace Qmp.Client.Events;

/// <summary>A wait for one event with a deadline.</summary>
internal static class EventWait
{
    /// <summary>Begins to wait, before it returns.</summary>
    public static async Task<QmpEvent> RunAsync(
        EventHub hub,
        Func<QmpEvent, bool> filter,
        TimeProvider time,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var waiter = new EventWaiter(filter);
        hub.Add(waiter);
        try
        {
            return await waiter.Task.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (TimeoutException e) when (!waiter.Task.IsFaulted)
        {
            throw new QmpTimeoutException($"the event did not come within {timeout}", e);
        }
        finally
        {
            hub.Remove(waiter);
        }
    }
}
