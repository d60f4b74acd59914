using Qmp.Migration.Options;

namespace Qmp.Migration.SaveState;

/// <summary>A device that sends most of its state while the guest runs. RAM is one.</summary>
/// <remarks>
/// The migration calls <see cref="SetupAsync"/> once, <see cref="IterateAsync"/> while the guest runs, and
/// <see cref="CompleteAsync"/> once when it is stopped; <see cref="Cleanup"/> follows whatever the end was. Each of
/// the three writes the body of one section; the framing is the caller's.
/// </remarks>
public abstract class IterativeEntry : SaveStateEntry
{
    /// <summary>Whether its destination must approve the switchover (QEMU's <c>switchover_ack_needed</c>).</summary>
    public virtual bool NeedsSwitchoverAck => false;

    /// <summary>
    /// Bytes of device state that the current or latest migration has sent, which clients see as VFIO's;
    /// <see langword="null"/> for RAM.
    /// </summary>
    public virtual long? DeviceStateBytes => null;

    /// <summary>Whether it takes part; asked before its first section and before its last.</summary>
    public virtual bool IsActive(MigrationOptions options) => true;

    /// <summary>Whether <see cref="IterateAsync"/> has anything to do now.</summary>
    public virtual bool IsIterating => true;

    /// <summary>Whether <see cref="IterateAsync"/> would say something though nothing is pending.</summary>
    public virtual bool HasNews(MigrationOptions options) => false;

    /// <summary>Writes the body of the SECTION_START.</summary>
    public abstract ValueTask SetupAsync(SaveContext context);

    /// <summary>What is left to send, cheaply.</summary>
    public abstract PendingState PendingEstimate(SaveContext context);

    /// <summary>What is left to send, exactly; RAM syncs its dirty log for this.</summary>
    public abstract ValueTask<PendingState> PendingExactAsync(SaveContext context);

    /// <summary>Writes the body of one SECTION_PART.</summary>
    public abstract ValueTask IterateAsync(SaveContext context);

    /// <summary>Writes the body of the SECTION_END, all that is left.</summary>
    public abstract ValueTask CompleteAsync(SaveContext context);

    /// <summary>Whether it has another section, SECTION_FULL, among those of devices that are sent once.</summary>
    public virtual bool HasFinalState => false;

    /// <summary>Writes the body of this SECTION_FULL.</summary>
    public virtual ValueTask SaveFinalStateAsync(SaveContext context) => ValueTask.CompletedTask;

    /// <summary>Forgets what the outgoing migration needed.</summary>
    public abstract void Cleanup(SaveContext context);
}
