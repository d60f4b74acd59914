using Qmp.Protocol.Threading;

namespace Qmp.Protocol.Transport;

/// <summary>What an eventfd is to blocking connections, for asynchronous ones. A wake-up is used up by one wait.</summary>
internal sealed class WakeSignal
{
    private TaskCompletionSource _source = New();

    /// <summary>Ends when woken.</summary>
    public Task Task => Volatile.Read(ref _source).Task;

    /// <summary>Ends the current or the next wait.</summary>
    public void Set()
    {
        using (OrderedContext.Leave()) Volatile.Read(ref _source).TrySetResult();
    }

    /// <summary>Whether it was set; a later wait then waits anew. For the one reader only.</summary>
    public bool TryConsume()
    {
        if (!Task.IsCompleted) return false;
        Volatile.Write(ref _source, New());
        return true;
    }

    // The reader must not run on the thread that wakes it: that one may hold the machine's lock.
    private static TaskCompletionSource New() => new(OrderedContext.Completions);
}
