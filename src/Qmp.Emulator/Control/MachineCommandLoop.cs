using Qmp.Machine.Loop;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Control;

/// <summary>Runs in-band commands on the machine's loop.</summary>
internal sealed class MachineCommandLoop(MachineLoop loop) : ICommandLoop
{
    public ValueTask RunAsync<TState>(Func<TState, ValueTask> work, TState state)
    {
        if (!loop.TryEnter()) return RunLaterAsync(work, state);
        ValueTask running;
        try
        {
            running = work(state);
        }
        catch
        {
            loop.Exit();
            throw;
        }

        if (!running.IsCompleted) return FinishAsync(running);
        loop.Exit();
        return running;
    }

    // The turn is taken on a thread of the pool: the thread that releases the lock must not run the command of another session.
    private async ValueTask RunLaterAsync<TState>(Func<TState, ValueTask> work, TState state)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!loop.Enter(turn.SetResult)) await turn.Task.ConfigureAwait(false);
        await FinishAsync(work(state)).ConfigureAwait(false);
    }

    private async ValueTask FinishAsync(ValueTask running)
    {
        try
        {
            await running.ConfigureAwait(false);
        }
        finally
        {
            loop.Exit();
        }
    }
}
