using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.MappedRam;
using Qmp.Migration.Multifd;
using Qmp.Migration.Postcopy;
using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;
using Qmp.Types;

namespace Qmp.Migration.SaveState;

/// <summary>What a saver may use while its state is being sent.</summary>
public abstract class SaveContext
{
    private protected SaveContext()
    {
    }

    /// <summary>The main stream.</summary>
    public abstract MigrationWriter Writer { get; }

    /// <summary>Milliseconds, on the machine's clock.</summary>
    public abstract long Now { get; }

    /// <summary>Who counts the acks of the switchover.</summary>
    public abstract SwitchoverAckMode AckMode { get; }

    /// <summary>The release of QEMU that this machine migrates like.</summary>
    public abstract MigrationRules Rules { get; }

    /// <summary>How the machine goes.</summary>
    internal virtual MigMode Mode => MigMode.Normal;

    /// <summary>The parameters as they are now.</summary>
    internal abstract MigrationParameters Parameters { get; }

    /// <summary>The channels for pages; <see langword="null"/> where the main stream carries them.</summary>
    internal abstract MultifdSender? Multifd { get; }

    /// <summary>The file that has a place for each page; <see langword="null"/> where pages are in the stream.</summary>
    internal abstract ISeekableChannel? File { get; }

    /// <summary>What is asked for in postcopy.</summary>
    internal abstract OutgoingPostcopy Postcopy { get; }

    /// <summary>Where pages have their places in that file, once that is known.</summary>
    internal MappedRamFile? MappedRam { get; set; }

    /// <summary>Whether channels sync at the end of each section of RAM, as QEMU's up to 8.0 do.</summary>
    internal abstract bool SyncsSections { get; }

    /// <summary>The counters that clients see.</summary>
    internal abstract MigrationStatistics Statistics { get; }

    /// <summary>Where the machine runs.</summary>
    internal abstract Timeline Timeline { get; }

    /// <summary>Nanoseconds, on the machine's clock.</summary>
    internal abstract long NowNanoseconds { get; }

    /// <summary>Whether bytes sent now count as sent before the switchover.</summary>
    internal abstract bool GuestRuns { get; }

    /// <summary>Whether the window's budget is used up, so that an iteration ends here.</summary>
    internal abstract bool RateExceeded { get; }

    /// <summary>Bytes that may still go out in this window.</summary>
    internal abstract long RateLeft { get; }

    /// <summary>Whether a capability is on; it does not change during an attempt.</summary>
    public abstract bool Has(MigrationCapability capability);

    /// <summary>Sends what is gathered, and counts it.</summary>
    public abstract ValueTask FlushAsync();

    /// <summary>Sends what is gathered if it is enough for a burst, and counts it.</summary>
    public ValueTask FlushIfFullAsync() => Writer.IsFull ? FlushAsync() : ValueTask.CompletedTask;

    /// <summary>Reaches a point where faults are injected.</summary>
    internal abstract ValueTask AtAsync(FaultPoint point);

    /// <summary>Books a sync of the dirty log: the count, the rate, the event.</summary>
    /// <param name="startedAt">When the sync began.</param>
    /// <param name="newlyDirty">Pages that were clean before it.</param>
    /// <param name="remaining">Bytes that are dirty after it.</param>
    /// <param name="reason">What it is for.</param>
    internal abstract void BookDirtySync(long startedAt, long newlyDirty, long remaining, SyncReason reason);
}
