using Qmp.Types;

namespace Qmp.Migration.SaveState;

/// <summary>Something with state in the stream, found by (name, instance) on the other side.</summary>
/// <remarks>
/// An entry is there as long as its machine. What saves or loads it is made for one attempt and keeps what that attempt
/// needs.
/// </remarks>
public abstract class SaveStateEntry
{
    /// <summary>The section's name (<c>idstr</c>).</summary>
    public abstract string Name { get; }

    /// <summary>Tells entries of the same name apart.</summary>
    public virtual uint InstanceId => 0;

    /// <summary>The version that is written, and the newest that is read.</summary>
    public abstract int Version { get; }

    /// <summary>Whether its destination must approve the switchover (QEMU's <c>switchover_ack_needed</c>).</summary>
    public virtual bool NeedsSwitchoverAck => false;

    /// <summary>Why it cannot be sent with the capabilities that are on; <see langword="null"/> if it can.</summary>
    /// <param name="has">Whether a capability is on.</param>
    public virtual string? RefusalOf(Func<MigrationCapability, bool> has) => null;

    /// <summary>What messages call the device that the entry belongs to.</summary>
    public virtual string OwnerName => Name;

    /// <summary>Where faults of loading its sections are injected: before and after.</summary>
    internal virtual (FaultPoint Before, FaultPoint After) LoadPoints =>
        (FaultPoint.DeviceLoad, FaultPoint.DeviceLoadDone);

    /// <summary>Makes what sends it in one attempt.</summary>
    /// <param name="context">What it may use, for as long as the attempt lasts.</param>
    public abstract StateSaver CreateSaver(SaveContext context);

    /// <summary>Makes what loads it in one attempt; called when its first section has come.</summary>
    /// <param name="context">What it may use, for as long as the attempt lasts.</param>
    public abstract StateLoader CreateLoader(LoadContext context);
}
