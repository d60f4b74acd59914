using Qmp.Machine;
using Qmp.Migration.Options;

namespace Qmp.Migration.Devices;

/// <summary>What a device may use while its state is being loaded.</summary>
/// <param name="machine">The destination.</param>
/// <param name="options">Capabilities and parameters of the destination.</param>
/// <param name="approve">Tells the source, when the last device has called it, that switchover may begin.</param>
public sealed class IncomingContext(VirtualMachine machine, MigrationOptions options, Func<ValueTask> approve)
{
    /// <summary>The destination.</summary>
    public VirtualMachine Machine { get; } = machine;

    /// <summary>Capabilities and parameters of the destination.</summary>
    public MigrationOptions Options { get; } = options;

    /// <summary>One device that wanted to approve the switchover does so.</summary>
    public ValueTask ApproveSwitchoverAsync() => approve();
}
