using Qmp.Api;
using Qmp.Machine;
using Qmp.Types;

namespace Qmp.Emulator.Control;

/// <summary>Resets the machine, shuts it down and ends the process, as commands and settings say.</summary>
/// <remarks>Called with the machine's lock held.</remarks>
internal sealed class ShutdownController
{
    private readonly VirtualMachine _machine;
    private readonly RunStateEvents _events;
    private readonly TaskCompletionSource<int> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending = new();
    private int _ended;

    /// <param name="machine">The machine.</param>
    /// <param name="events">Is told what happens to it.</param>
    /// <param name="actions">What differs from the defaults.</param>
    public ShutdownController(VirtualMachine machine, RunStateEvents events, SetActionArguments actions)
    {
        _machine = machine;
        _events = events;
        Reboot = actions.Reboot ?? RebootAction.Reset;
        Shutdown = actions.Shutdown ?? ShutdownAction.Poweroff;
        Panic = actions.Panic ?? PanicAction.Shutdown;
        Watchdog = actions.Watchdog ?? WatchdogAction.Reset;
    }

    /// <summary>What a reset does.</summary>
    public RebootAction Reboot { get; set; }

    /// <summary>What a shutdown does.</summary>
    public ShutdownAction Shutdown { get; set; }

    /// <summary>What a guest's panic does; kept for clients, because no guest here panics.</summary>
    public PanicAction Panic { get; set; }

    /// <summary>What the watchdog does; kept for clients, because there is no watchdog.</summary>
    public WatchdogAction Watchdog { get; set; }

    /// <summary>Ends with the exit status when the emulator is to end.</summary>
    public Task<int> Completion => _completion.Task;

    /// <summary>
    /// Cancelled once, before <see cref="Completion"/> ends and after the event was sent. What registers with it when
    /// the end has begun is called at once.
    /// </summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Ends the emulator on behalf of a user, whatever a shutdown does otherwise.</summary>
    public void Quit(ShutdownCause cause)
    {
        if (Volatile.Read(ref _ended) != 0) return;
        Announce(cause);
        End(0);
    }

    /// <summary>Ends because of a failure, without an event.</summary>
    public void Fail() => End(1);

    /// <summary>Resets the machine, or shuts it down where that is what a reset does.</summary>
    public async ValueTask ResetAsync(ShutdownCause cause)
    {
        if (Reboot == RebootAction.Shutdown)
        {
            await ShutDownAsync(cause).ConfigureAwait(false);
            return;
        }

        _events.Reset(new ResetEvent { Guest = IsGuests(cause), Reason = cause });
        if (_machine.RunState is not (RunState.Running or RunState.Inmigrate or RunState.FinishMigrate))
        {
            _machine.SetRunState(RunState.Prelaunch);
        }
    }

    /// <summary>Presses the power button. No guest here looks at it.</summary>
    public void PowerDown() => _events.Powerdown();

    private async ValueTask ShutDownAsync(ShutdownCause cause)
    {
        Announce(cause);
        if (Shutdown == ShutdownAction.Pause) await _machine.StopAsync(RunState.Shutdown).ConfigureAwait(false);
        else End(0);
    }

    private void Announce(ShutdownCause cause) =>
        _events.Shutdown(new ShutdownEvent { Guest = IsGuests(cause), Reason = cause });

    private static bool IsGuests(ShutdownCause cause) =>
        cause is ShutdownCause.GuestShutdown or ShutdownCause.GuestReset or ShutdownCause.GuestPanic;

    private void End(int status)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        _ending.Cancel();
        _completion.TrySetResult(status);
    }
}
