using Qmp.Machine;
using Qmp.Migration.SaveState;
using Qmp.Migration.SaveState.VmState;

namespace Qmp.Devices.Timer;

/// <summary>The guest's clocks: the section <c>timer</c>.</summary>
/// <remarks>The guest has no cycle counter of its own; its ticks are nanoseconds too.</remarks>
public static class TimerDevice
{
    /// <summary>Makes the device of one machine.</summary>
    public static VmStateEntry Create(VirtualMachine machine)
    {
        long ticks = 0;
        return new VmStateEntry(new VmStateDescription
        {
            Name = "timer",
            Version = 2,
            MinimumVersion = 1,
            PreSave = () => ticks = machine.Clock.Nanoseconds,
            Fields =
            [
                VmStateField.Int64("cpu_ticks_offset", () => ticks, value => ticks = value),
                VmStateField.Unused(8),
                VmStateField.Int64(
                    "cpu_clock_offset",
                    () => machine.Clock.Nanoseconds,
                    value => machine.Clock.Nanoseconds = value),
            ],
        });
    }
}
