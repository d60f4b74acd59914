using Qmp.Api;
using Qmp.Devices.Guest;
using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Types;

namespace Qmp.Emulator.Control;

/// <summary>What the guest does by itself: that of <c>x-guest</c>, or nothing, as without an operating system.</summary>
/// <remarks>Called with the machine's lock held.</remarks>
internal sealed class SimulatedGuest : IGuest
{
    private readonly GuestAgenda? _agenda;
    private readonly GuestSettings _settings;
    private readonly ShutdownController _shutdown;
    private readonly MachineEvents _events;
    private readonly VirtualMachine _machine;
    private readonly Func<ulong> _memory;
    private readonly bool _hasFirmware;
    private ulong? _actual;
    private bool _isNew = true; // it has not run since it was switched on

    /// <param name="machine">Its machine.</param>
    /// <param name="settings">What it does; <see langword="null"/> for nothing.</param>
    /// <param name="shutdown">Switches the machine off.</param>
    /// <param name="events">Is told of the balloon.</param>
    /// <param name="memory">Tells the bytes of its memory.</param>
    /// <param name="hasFirmware">Whether firmware starts it.</param>
    public SimulatedGuest(
        VirtualMachine machine,
        GuestSettings? settings,
        ShutdownController shutdown,
        MachineEvents events,
        Func<ulong> memory,
        bool hasFirmware)
    {
        _machine = machine;
        _hasFirmware = hasFirmware && settings is null;
        _settings = settings ?? new GuestSettings();
        _shutdown = shutdown;
        _events = events;
        _memory = memory;
        shutdown.PowerButton += PressPowerButton;
        shutdown.HasReset += Restart;
        if (settings is null) return;
        _agenda = new GuestAgenda(machine);
        machine.AddGuest(this);
        machine.AddGuest(_agenda);
    }

    /// <summary>Bytes that the guest has, as far as its balloon tells.</summary>
    public ulong Actual => _actual ?? _memory();

    /// <summary>Asks it to give memory back or to take it again.</summary>
    public void Balloon(ulong target)
    {
        if (_settings.Balloon is not { } after) return;
        _agenda?.Add(after, () =>
        {
            _actual = Math.Min(target, _memory());
            _events.BalloonChange(new BalloonChangeEvent { Actual = (long)Actual });
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>Asks it to let a device go.</summary>
    /// <param name="gone">What to do then.</param>
    /// <returns>Whether it will.</returns>
    public bool Unplug(Action gone)
    {
        if (_settings.Unplug is not { } after) return false;
        _agenda?.Add(after, () =>
        {
            gone();
            return ValueTask.CompletedTask;
        });
        return true;
    }

    /// <inheritdoc/>
    public void Start()
    {
        if (!_isNew) return;
        _isNew = false;
        if (_settings.Panic is { } panic) _agenda!.Add(panic, _shutdown.PanicAsync);
        if (_settings.Watchdog is { } watchdog) _agenda!.Add(watchdog, _shutdown.WatchdogAsync);
    }

    /// <inheritdoc/>
    public ValueTask StopAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public void Throttle(int percent)
    {
    }

    private void PressPowerButton()
    {
        if (_settings.Powerdown is not { } after) return;
        _agenda!.Add(after, () => _settings.ResetsOnPowerdown
            ? _shutdown.ResetAsync(ShutdownCause.GuestReset)
            : _shutdown.GuestShutdownAsync());
    }

    private void Restart(ShutdownCause cause)
    {
        if (_hasFirmware && _machine.IsRunning && cause == ShutdownCause.HostQmpSystemReset) ResetAgain();
        _agenda?.Clear();
        _actual = null;
        _isNew = true;
        if (_machine.IsRunning && _agenda is not null) Start();
    }

    // A PC's firmware that finds that it has run before resets the machine once more, to be sure of a clean start.
    private void ResetAgain() => _machine.Timeline.Start("firmware", async () =>
    {
        using TimelineLock.Hold hold = await _machine.Lock.EnterAsync();
        if (_machine.IsRunning) await _shutdown.ResetAsync(ShutdownCause.GuestReset);
    });
}
