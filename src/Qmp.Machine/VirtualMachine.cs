using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Types;
using Serilog;

namespace Qmp.Machine;

/// <summary>A machine: memory, guests, a run state, a lock, a timeline.</summary>
/// <remarks>Whatever changes the run state is called with <see cref="Lock"/> held.</remarks>
public sealed class VirtualMachine : IDisposable
{
    private readonly IMachineEvents _events;
    private readonly ILogger _logger;
    private readonly List<IGuest> _guests = [];
    private volatile RunState _runState;
    private volatile int _throttle;

    /// <summary>A stopped machine.</summary>
    public VirtualMachine(MachineIdentity identity, Timeline timeline, IMachineEvents events, ILogger logger)
    {
        Identity = identity;
        Timeline = timeline;
        Lock = new TimelineLock(timeline);
        Clock = new GuestClock(timeline);
        _events = events;
        _logger = logger;
        _runState = RunState.Prelaunch;
    }

    /// <summary>Name, UUID, machine type.</summary>
    public MachineIdentity Identity { get; }

    /// <summary>Where everything of this machine runs.</summary>
    public Timeline Timeline { get; }

    /// <summary>The machine's big lock (QEMU's BQL).</summary>
    /// <remarks>
    /// Whatever changes the machine holds it: the in-band commands of all monitors, and the steps of a migration that
    /// stop, start or hand over the guest. Out-of-band commands and everything that only looks at the machine do not
    /// take it, so they answer while it is held.
    /// </remarks>
    public TimelineLock Lock { get; }

    /// <summary>RAM.</summary>
    public GuestMemory Memory { get; } = new();

    /// <summary>The clock that the guest sees: it stands still while the guest does.</summary>
    public GuestClock Clock { get; }

    /// <summary>Whether the guest starts by itself: without <c>-S</c>, and when an incoming migration is done.</summary>
    public bool Autostart { get; set; } = true;

    /// <summary>The run state.</summary>
    public RunState RunState => _runState;

    /// <summary>Whether the guest runs.</summary>
    public bool IsRunning => _runState == RunState.Running;

    /// <inheritdoc cref="RunStates.IsLive"/>
    public bool IsLive => _runState.IsLive();

    /// <summary>Whether the guest slept when it was stopped, so that it will sleep on.</summary>
    public bool WasSuspended { get; set; }

    /// <summary>The images of its disks; <see langword="null"/> for none. Set before the machine starts.</summary>
    public IStorage? Storage { get; set; }

    /// <summary>Adds something that runs when the machine runs. Done before the machine starts.</summary>
    public void AddGuest(IGuest guest) => _guests.Add(guest);

    /// <summary>The guests, in the order in which they were added.</summary>
    public IReadOnlyList<IGuest> Guests => _guests;

    /// <summary>Percent of the guests' time that is taken away; 0 if none is.</summary>
    public int ThrottlePercentage => _throttle;

    /// <summary>Takes <paramref name="percent"/> of the guests' time away; 0 gives it back.</summary>
    public void Throttle(int percent)
    {
        _throttle = percent;
        _logger.Debug("cpu_throttle_set {Percentage}", percent);
        foreach (IGuest guest in _guests) guest.Throttle(percent);
    }

    /// <summary>Whether that run state may follow the present one.</summary>
    public bool CanEnter(RunState next) => RunStateTransitions.IsLegal(_runState, next);

    /// <summary>Changes the run state of a machine whose guest does not run.</summary>
    public void SetRunState(RunState next)
    {
        RunState now = _runState;
        if (now == next) return;
        if (!RunStateTransitions.IsLegal(now, next))
        {
            throw new InvalidOperationException($"invalid runstate transition: '{now}' -> '{next}'");
        }

        _runState = next;
        _logger.Debug("runstate_set {From} {To}", now, next);
    }

    /// <summary>Starts the guest, or lets it sleep on; nothing happens if it runs or sleeps.</summary>
    public void Start()
    {
        if (IsLive) return;
        _events.Resumed();
        Clock.Start();
        SetRunState(WasSuspended ? RunState.Suspended : RunState.Running);
        if (IsRunning) StartGuests();
    }

    /// <summary>Stops the guest; nothing happens if it neither runs nor sleeps. When it returns, no write is under way.</summary>
    /// <param name="reason">The run state to enter.</param>
    public async ValueTask StopAsync(RunState reason)
    {
        if (!IsLive) return;
        WasSuspended = !IsRunning;
        SetRunState(reason);
        Clock.Stop();
        foreach (IGuest guest in _guests) await guest.StopAsync();
        _events.Stopped();
    }

    /// <summary>The guest, which runs, puts itself to sleep.</summary>
    public async ValueTask SuspendAsync()
    {
        SetRunState(RunState.Suspended);
        foreach (IGuest guest in _guests) await guest.StopAsync();
        _events.Suspended();
    }

    /// <summary>Wakes up the guest, which sleeps.</summary>
    /// <param name="firmware">What happens before it runs.</param>
    public async ValueTask WakeUpAsync(Func<ValueTask> firmware)
    {
        SetRunState(RunState.Running);
        WasSuspended = false;
        _events.WokenUp();
        await firmware();
        if (IsRunning) StartGuests();
    }

    /// <summary>Enters <paramref name="reason"/>, whether the guest runs or not.</summary>
    public async ValueTask ForceStateAsync(RunState reason)
    {
        if (IsLive) await StopAsync(reason);
        else SetRunState(reason);
    }

    private void StartGuests()
    {
        foreach (IGuest guest in _guests) guest.Start();
    }

    /// <inheritdoc/>
    public void Dispose() => Memory.Dispose();
}
