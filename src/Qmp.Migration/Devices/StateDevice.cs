using Qmp.Migration.Stream;
using Qmp.Migration.Stream.VmState;

namespace Qmp.Migration.Devices;

/// <summary>A device whose state is small and sent once, while the guest is stopped.</summary>
public sealed class StateDevice : SavedDevice
{
    /// <summary>A device with this state.</summary>
    public StateDevice(VmStateDescription state, uint instanceId = 0)
    {
        State = state;
        InstanceId = instanceId;
    }

    /// <inheritdoc/>
    public override string Name => State.Name;

    /// <inheritdoc/>
    public override uint InstanceId { get; }

    /// <inheritdoc/>
    public override int Version => State.Version;

    /// <summary>The fields.</summary>
    public VmStateDescription State { get; }

    /// <inheritdoc/>
    public override ValueTask LoadAsync(MigrationReader reader, int version, IncomingContext context) =>
        State.LoadAsync(reader, version);
}
