using Qmp.Machine.Time;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Control;

/// <summary>Runs in-band commands one at a time, with the machine's lock held.</summary>
internal sealed class MachineCommandQueue(TimelineLock machine) : ICommandQueue
{
    public ValueTask RunAsync(Func<object, ValueTask> work, object state)
    {
        if (!machine.TryEnter()) return RunLaterAsync(work, state);
        ValueTask running;
        try
        {
            running = work(state);
        }
        catch
        {
            machine.Exit();
            throw;
        }

        if (!running.IsCompleted) return FinishAsync(running);
        machine.Exit();
        return running;
    }

    // The turn is taken on a thread of the pool: the thread that releases the lock must not run the command of another session.
    private async ValueTask RunLaterAsync(Func<object, ValueTask> work, object state)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!machine.Enter(turn.SetResult)) await turn.Task.ConfigureAwait(OrderedContext.IsCurrent);
        await FinishAsync(work(state)).ConfigureAwait(OrderedContext.IsCurrent);
    }

    private async ValueTask FinishAsync(ValueTask running)
    {
        try
        {
            await running.ConfigureAwait(OrderedContext.IsCurrent);
        }
        finally
        {
            machine.Exit();
        }
    }
}
