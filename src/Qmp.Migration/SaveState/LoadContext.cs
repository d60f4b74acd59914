using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Options;

namespace Qmp.Migration.SaveState;

/// <summary>What a device may use while its state is being loaded.</summary>
/// <param name="machine">The destination.</param>
/// <param name="options">Capabilities and parameters of the destination.</param>
/// <param name="approve">Tells the source, when the last device has called it, that switchover may begin.</param>
/// <param name="interruption">Wakes the loading activity when the migration is cut.</param>
public sealed class LoadContext(
    VirtualMachine machine, MigrationOptions options, Func<ValueTask> approve, Waker interruption)
{
    /// <summary>The destination.</summary>
    public VirtualMachine Machine { get; } = machine;

    /// <summary>Capabilities and parameters of the destination.</summary>
    public MigrationOptions Options { get; } = options;

    /// <summary>One device that wanted to approve the switchover does so.</summary>
    public ValueTask ApproveSwitchoverAsync() => approve();

    /// <summary>Lets a device's work take its time; less of it if the migration is cut meanwhile.</summary>
    public async ValueTask WorkAsync(TimeSpan duration) => await interruption.WaitAsync(duration);
}
