using Qmp.Migration.SaveState.VmState;

namespace Qmp.Migration.SaveState;

/// <summary>Sends an entry's state in one attempt.</summary>
/// <remarks>
/// <para>One that is iterative sends most of its state while the guest runs, as RAM does: <see cref="SetupAsync"/> is
/// called once, <see cref="IterateAsync"/> while the guest runs, and <see cref="CompleteAsync"/> once when it is stopped.
/// Others, and iterative ones that want it, have one section among those of the stopped machine
/// (<see cref="SaveFinalAsync"/>). Each of the four writes the body of one section; the framing is the caller's.</para>
/// <para><see cref="End"/> follows, whatever the end was.</para>
/// </remarks>
public abstract class StateSaver
{
    /// <summary>Whether it takes part while the guest runs; asked once, before its first section.</summary>
    public virtual bool IsIterative => false;

    /// <summary>Whether <see cref="IterateAsync"/> has anything to do now.</summary>
    public virtual bool IsIterating => true;

    /// <summary>Whether its state may follow the guest.</summary>
    public virtual bool CanPostcopy => false;

    /// <summary>Whether <see cref="IterateAsync"/> has something to say though nothing is pending.</summary>
    public virtual bool HasAnnouncement => false;

    /// <summary>Whether nothing is left for <see cref="CompleteAsync"/>, so that it has no last section.</summary>
    public virtual bool IsDone => false;

    /// <summary>Whether it has a section, SECTION_FULL, among those of the stopped machine.</summary>
    public virtual bool HasFinalSection => false;

    /// <summary>Bytes of device state sent, which clients see as VFIO's; <see langword="null"/> where none are counted.</summary>
    public virtual long? DeviceStateBytes => null;

    /// <summary>What is left to send, cheaply.</summary>
    public virtual PendingState PendingEstimate => default;

    /// <summary>The fields of the final section, if it has fields.</summary>
    internal virtual VmStateDescription? Description => null;

    /// <summary>What is left to send, exactly; RAM syncs its dirty log for this.</summary>
    /// <param name="isFinal">Whether the guest is stopped to be handed over, so that nothing changes any more.</param>
    public virtual ValueTask<PendingState> PendingExactAsync(bool isFinal) => new(PendingEstimate);

    /// <summary>
    /// How many more acks the device asks for before the guest may be switched over: those since this was last called, which is
    /// with each question for what is left.
    /// </summary>
    public virtual uint TakeAckRequests() => 0;

    /// <summary>Writes the body of the SECTION_START.</summary>
    public virtual ValueTask SetupAsync() => ValueTask.CompletedTask;

    /// <summary>Writes the body of one SECTION_PART.</summary>
    public virtual ValueTask IterateAsync() => ValueTask.CompletedTask;

    /// <summary>Writes the body of the SECTION_END, all that is left.</summary>
    public virtual ValueTask CompleteAsync() => ValueTask.CompletedTask;

    /// <summary>Writes the body of the SECTION_FULL.</summary>
    public virtual ValueTask SaveFinalAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// Writes the body of one SECTION_PART after which nothing is on its way but in the main stream; before the guest is handed over.
    /// </summary>
    internal virtual ValueTask SettleAsync() => ValueTask.CompletedTask;

    /// <summary>Whether <see cref="SettleAsync"/> has anything to do.</summary>
    internal virtual bool NeedsSettling => false;

    /// <summary>The guest is stopped and its state will follow it: writes commands that say which.</summary>
    internal virtual ValueTask BeginPostcopyAsync() => ValueTask.CompletedTask;

    /// <summary>The guest is stopped, and runs on before its state is sent: keeps the state as it is.</summary>
    internal virtual void Protect()
    {
    }

    /// <summary>Lets the guest change its state again.</summary>
    internal virtual void Unprotect()
    {
    }

    /// <summary>All of the state has been sent while it was protected: ends what is not part of a section.</summary>
    internal virtual ValueTask SettleSnapshotAsync() => ValueTask.CompletedTask;

    /// <summary>Goes on over another connection, with what the destination has not.</summary>
    internal virtual void Resume()
    {
    }

    /// <summary>The attempt is over.</summary>
    public virtual void End()
    {
    }
}
