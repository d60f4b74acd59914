namespace Qmp.Protocol.Threading;

/// <summary>
/// A context in which clients, servers and those who use them share one thread and take turns, in one order. Simulations
/// derive from it; without one, work goes to the thread pool as usual.
/// </summary>
/// <remarks>
/// Under such a context code of this library continues where it began, although it continues on any thread otherwise; it
/// starts nothing on the thread pool; and whoever completes a task goes on before those who wait for it.
/// </remarks>
public abstract class OrderedContext : SynchronizationContext
{
    /// <summary>Whether the caller runs under one: what <c>ConfigureAwait</c> is told.</summary>
    public static bool IsCurrent => Current is OrderedContext;

    /// <summary>How to wait for something whose failure does not matter.</summary>
    public static ConfigureAwaitOptions Quietly => IsCurrent
        ? ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
        : ConfigureAwaitOptions.SuppressThrowing;

    /// <summary>How to make tasks whose awaiters never run within the call that completes them.</summary>
    /// <remarks>Under an ordered context <see cref="Leave"/> has to be called, too, when they are completed.</remarks>
    public static TaskCreationOptions Completions =>
        IsCurrent ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>Starts work beside the caller: with a turn of its own, or on the thread pool.</summary>
    public static Task Run(Func<Task> work)
    {
        if (Current is not OrderedContext context) return Task.Run(work);
        var ended = new TaskCompletionSource();
        context.Post(_ => _ = RunAsync(work, ended), null);
        return ended.Task;
    }

    /// <summary>Cancels; what is registered runs on the thread pool, or at once.</summary>
    public static Task CancelAsync(CancellationTokenSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!IsCurrent) return source.CancelAsync();
        source.Cancel();
        return Task.CompletedTask;
    }

    /// <summary>Completes tasks, within <c>using</c>, so that those who wait for them get turns of their own.</summary>
    public static Turns Leave()
    {
        SynchronizationContext? context = Current;
        if (context is not OrderedContext) return default;
        SetSynchronizationContext(null);
        return new Turns(context);
    }

    private static async Task RunAsync(Func<Task> work, TaskCompletionSource ended)
    {
        try
        {
            await work().ConfigureAwait(true);
        }
        catch (Exception e)
        {
            using Turns turns = Leave();
            ended.TrySetException(e);
            return;
        }

        using (Leave()) ended.TrySetResult();
    }

    /// <summary>Until it is disposed of, awaiters get turns of their own.</summary>
    public readonly struct Turns : IDisposable
    {
        private readonly SynchronizationContext? _context;

        internal Turns(SynchronizationContext context) => _context = context;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (_context is not null) SetSynchronizationContext(_context);
        }
    }
}
