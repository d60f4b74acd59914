using Qmp.Machine;

namespace Qmp.Migration.SaveState;

/// <summary>Everything of a machine that is in the stream, in the order of its sections.</summary>
public sealed class SaveStateEntries
{
    private readonly List<SaveStateEntry> _entries = [];

    /// <summary>The entries that every machine has: RAM and the global state.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="ram">Its RAM, which comes first.</param>
    internal SaveStateEntries(VirtualMachine machine, SaveStateEntry ram)
    {
        GlobalState = new GlobalState(machine);
        _entries.AddRange([ram, new DirtyBitmapEntry(), GlobalState.Entry]);
    }

    /// <summary>All entries; the global state comes last.</summary>
    public IReadOnlyList<SaveStateEntry> All => _entries;

    /// <summary>The run state before the switchover.</summary>
    public GlobalState GlobalState { get; }

    /// <summary>Adds an entry after those that are there, but before the global state.</summary>
    public void Add(SaveStateEntry entry) => _entries.Insert(_entries.Count - 1, entry);

    /// <summary>The entry of that name and instance, or <see langword="null"/>.</summary>
    internal SaveStateEntry? Find(string name, uint instanceId) =>
        _entries.Find(e => e.InstanceId == instanceId && e.Name == name);
}
