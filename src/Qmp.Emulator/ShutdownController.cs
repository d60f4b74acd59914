using Qmp.Api;
using Qmp.Types;

namespace Qmp.Emulator;

/// <summary>Ends the emulator, once, for the first reason that comes.</summary>
internal sealed class ShutdownController
{
    private readonly RunStateEvents _events;
    private readonly TaskCompletionSource<int> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requested;

    public ShutdownController(RunStateEvents events) => _events = events;

    /// <summary>Ends with the exit status when the emulator is to end.</summary>
    public Task<int> Completion => _completion.Task;

    /// <summary>Called once, before <see cref="Completion"/> ends and after the event was sent.</summary>
    public event Action? Ending;

    /// <summary>Asks for the end on behalf of a user: event <c>SHUTDOWN</c>, exit status 0.</summary>
    public void Request(ShutdownCause cause)
    {
        if (Interlocked.Exchange(ref _requested, 1) != 0) return;
        _events.Shutdown(new ShutdownEvent { Guest = cause >= ShutdownCause.GuestShutdown, Reason = cause });
        End(0);
    }

    /// <summary>Ends because of a failure, without an event.</summary>
    public void Fail()
    {
        if (Interlocked.Exchange(ref _requested, 1) == 0) End(1);
    }

    private void End(int status)
    {
        Ending?.Invoke();
        _completion.TrySetResult(status);
    }
}
