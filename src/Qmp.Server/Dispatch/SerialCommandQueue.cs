using Qmp.Protocol.Threading;

namespace Qmp.Server.Dispatch;

/// <summary>The queue of servers without a machine: commands run in the order of arrival.</summary>
public sealed class SerialCommandQueue : ICommandQueue
{
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private bool _held;

    /// <inheritdoc/>
    public ValueTask RunAsync(Func<object, ValueTask> work, object state)
    {
        TaskCompletionSource? turn = Enter();
        if (turn is not null) return RunLaterAsync(turn.Task, work, state);
        ValueTask running;
        try
        {
            running = work(state);
        }
        catch
        {
            Leave();
            throw;
        }

        if (!running.IsCompleted) return FinishAsync(running);
        Leave();
        return running;
    }

    private async ValueTask RunLaterAsync(Task turn, Func<object, ValueTask> work, object state)
    {
        await turn.ConfigureAwait(OrderedContext.IsCurrent);
        try
        {
            await work(state).ConfigureAwait(OrderedContext.IsCurrent);
        }
        finally
        {
            Leave();
        }
    }

    private async ValueTask FinishAsync(ValueTask running)
    {
        try
        {
            await running.ConfigureAwait(OrderedContext.IsCurrent);
        }
        finally
        {
            Leave();
        }
    }

    private TaskCompletionSource? Enter()
    {
        lock (_gate)
        {
            if (!_held)
            {
                _held = true;
                return null;
            }

            // Whoever leaves must not be made to run the next one's work.
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            return turn;
        }
    }

    private void Leave()
    {
        TaskCompletionSource? next;
        lock (_gate)
        {
            if (!_waiting.TryDequeue(out next)) _held = false;
        }

        next?.SetResult();
    }
}
