using Qmp.Api;
using Qmp.Machine;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Control;

/// <summary>Resets the machine, shuts it down and ends the process, as commands and settings say.</summary>
/// <remarks>Called with the machine's lock held.</remarks>
internal sealed class ShutdownController
{
    private readonly VirtualMachine _machine;
    private readonly RunStateEvents _events;
    private readonly TaskCompletionSource<int> _completion =
        new(OrderedContext.Completions);
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

    /// <summary>What a guest's panic does.</summary>
    public PanicAction Panic { get; set; }

    /// <summary>What the end of the guest's watchdog does.</summary>
    public WatchdogAction Watchdog { get; set; }

    /// <summary>The power button was pressed.</summary>
    public event Action? PowerButton;

    /// <summary>The machine was reset; tells why.</summary>
    public event Action<ShutdownCause>? HasReset;

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
            await ShutDownAsync(cause).ConfigureAwait(OrderedContext.IsCurrent);
            return;
        }

        _events.Reset(new ResetEvent { Guest = IsGuests(cause), Reason = cause });
        if (_machine.RunState is not (RunState.Running or RunState.Inmigrate or RunState.FinishMigrate))
        {
            _machine.SetRunState(RunState.Prelaunch);
        }

        _machine.WasSuspended = false;
        HasReset?.Invoke(cause);
    }

    /// <summary>Wakes up the guest. It is reset: its firmware finds nothing to go on with.</summary>
    /// <exception cref="CommandException">It does not sleep.</exception>
    public ValueTask WakeUpAsync() => _machine.RunState == RunState.Suspended
        ? _machine.WakeUpAsync(() => ResetAsync(ShutdownCause.GuestReset))
        : throw new CommandException("Unable to wake up: guest is not in suspended state");

    /// <summary>Presses the power button.</summary>
    public void PowerDown()
    {
        _events.Powerdown();
        PowerButton?.Invoke();
    }

    /// <summary>The guest switches itself off.</summary>
    /// <param name="status">The exit status of the process.</param>
    public ValueTask GuestShutdownAsync(int status = 0) => ShutDownAsync(ShutdownCause.GuestShutdown, status);

    /// <summary>The guest panics.</summary>
    public async ValueTask PanicAsync()
    {
        bool stays = Panic == PanicAction.Pause || (Panic == PanicAction.Shutdown && Shutdown == ShutdownAction.Pause);
        GuestPanicAction action = stays ? GuestPanicAction.Pause
            : Panic == PanicAction.None ? GuestPanicAction.Run
            : GuestPanicAction.Poweroff;
        _events.GuestPanicked(new GuestPanickedEvent { Action = action });
        if (action == GuestPanicAction.Run) return;
        await _machine.StopAsync(RunState.GuestPanicked).ConfigureAwait(OrderedContext.IsCurrent);
        if (action == GuestPanicAction.Pause) return;
        Announce(ShutdownCause.GuestPanic);
        End(Panic == PanicAction.ExitFailure ? 1 : 0);
    }

    /// <summary>The guest's watchdog has run out.</summary>
    public async ValueTask WatchdogAsync()
    {
        _events.Watchdog(new WatchdogEvent { Action = Watchdog });
        switch (Watchdog)
        {
            case WatchdogAction.Reset:
                await ResetAsync(ShutdownCause.GuestReset).ConfigureAwait(OrderedContext.IsCurrent);
                break;

            case WatchdogAction.Shutdown:
                PowerDown();
                break;

            case WatchdogAction.Poweroff:
                End(0);
                break;

            case WatchdogAction.Pause:
                await _machine.StopAsync(RunState.Watchdog).ConfigureAwait(OrderedContext.IsCurrent);
                break;
        }
    }

    private async ValueTask ShutDownAsync(ShutdownCause cause, int status = 0)
    {
        Announce(cause);
        if (Shutdown == ShutdownAction.Pause) await _machine.StopAsync(RunState.Shutdown).ConfigureAwait(OrderedContext.IsCurrent);
        else End(status);
    }

    private void Announce(ShutdownCause cause) =>
        _events.Shutdown(new ShutdownEvent { Guest = IsGuests(cause), Reason = cause });

    private static bool IsGuests(ShutdownCause cause) =>
        cause is ShutdownCause.GuestShutdown or ShutdownCause.GuestReset or ShutdownCause.GuestPanic;

    private void End(int status)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        _ending.Cancel();
        using (OrderedContext.Leave()) _completion.TrySetResult(status);
    }
}
