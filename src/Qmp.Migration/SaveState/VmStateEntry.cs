using Qmp.Migration.SaveState.VmState;
using Qmp.Migration.Stream;

namespace Qmp.Migration.SaveState;

/// <summary>A device whose state is small and sent once, while the guest is stopped.</summary>
public sealed class VmStateEntry : SaveStateEntry
{
    /// <summary>A device with this state.</summary>
    public VmStateEntry(VmStateDescription state, uint instanceId = 0)
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
    public override ValueTask LoadAsync(MigrationReader reader, int version, LoadContext context) =>
        State.LoadAsync(reader, version);
}
