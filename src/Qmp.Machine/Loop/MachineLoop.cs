using Qmp.Machine.Time;

namespace Qmp.Machine.Loop;

/// <summary>The machine's big lock, handed on in the order of asking.</summary>
/// <remarks>
/// <para>Whatever changes the machine runs while it holds the loop: the in-band commands of all monitors, and the
/// steps of a migration that stop, start or hand over the guest. A holder keeps it across its awaits and never asks
/// for it again.</para>
/// <para>While the lock is free, a caller enters at once, on its own thread; else it queues. Out-of-band commands and
/// everything that only looks at the machine do not take it, so they answer while it is held.</para>
/// </remarks>
public sealed class MachineLoop : TimelineLock
{
    /// <summary>The idle loop of a machine.</summary>
    public MachineLoop(Timeline timeline)
        : base(timeline)
    {
    }
}
