using Qmp.Migration.SaveState.VmState;
using Qmp.Migration.Stream;

namespace Qmp.Migration.SaveState;

/// <summary>An entry whose state is small and sent once, while the guest is stopped.</summary>
public sealed class VmStateEntry : SaveStateEntry
{
    /// <summary>An entry with this state.</summary>
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
    public override StateSaver CreateSaver(SaveContext context) => new Saver(State, context);

    /// <inheritdoc/>
    public override StateLoader CreateLoader(LoadContext context) => new Loader(State);

    private sealed class Saver(VmStateDescription state, SaveContext context) : StateSaver
    {
        public override bool HasFinalSection => true;

        internal override VmStateDescription Description => state;

        public override ValueTask SaveFinalAsync()
        {
            state.Save(context.Writer);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Loader(VmStateDescription state) : StateLoader
    {
        public override ValueTask LoadAsync(MigrationReader reader, int version) => state.LoadAsync(reader, version);
    }
}
