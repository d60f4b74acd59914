using Qmp.Machine;
using Qmp.Migration.Faults;
using Qmp.Migration.Options;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;
using Qmp.Migration.Throttling;

namespace Qmp.Migration.SaveState;

/// <summary>What a device may use while its state is being sent.</summary>
public sealed class SaveContext
{
    private readonly RateLimiter _limiter;
    private readonly AutoConverge _converge;
    private readonly IMigrationEvents _events;
    private readonly DirtyRatePeriod _period = new();

    internal SaveContext(
        VirtualMachine machine,
        MigrationOptions options,
        MigrationWriter writer,
        MigrationStatistics statistics,
        RateLimiter limiter,
        AutoConverge converge,
        FaultSite faults,
        IMigrationEvents events)
    {
        Machine = machine;
        Options = options;
        Writer = writer;
        Statistics = statistics;
        _limiter = limiter;
        _converge = converge;
        Faults = faults;
        _events = events;
    }

    /// <summary>The source.</summary>
    public VirtualMachine Machine { get; }

    /// <summary>Capabilities as they were when the migration began; parameters as they are now.</summary>
    public MigrationOptions Options { get; }

    /// <summary>The main stream.</summary>
    public MigrationWriter Writer { get; }

    /// <summary>The counters that clients see.</summary>
    public MigrationStatistics Statistics { get; }

    /// <summary>Where the source's faults are reached.</summary>
    internal FaultSite Faults { get; }

    /// <summary>Whether the window's budget is used up, so that an iteration ends here.</summary>
    public bool RateExceeded => _limiter.Exceeded(Writer.Transferred);

    /// <summary>Bytes that may still go out in this window.</summary>
    public long RateLeft => _limiter.Left(Writer.Transferred);

    /// <summary>Milliseconds, on the machine's clock.</summary>
    public long Now => Machine.Timeline.NowMilliseconds;

    /// <summary>Nanoseconds, on the machine's clock.</summary>
    public long NowNanoseconds => Machine.Timeline.NowNanoseconds;

    /// <summary>Whether bytes sent now count as sent before the switchover.</summary>
    public bool GuestRuns => Machine.IsRunning;

    /// <summary>Sends what is gathered, and counts it.</summary>
    public async ValueTask FlushAsync()
    {
        await Writer.FlushAsync();
        Statistics.SetTransferred(Writer.Transferred);
    }

    /// <summary>Sends what is gathered if it is enough for a burst, and counts it.</summary>
    public ValueTask FlushIfFullAsync() => Writer.IsFull ? FlushAsync() : ValueTask.CompletedTask;

    /// <summary>Books a sync of the dirty log: the count, the rate, the event.</summary>
    /// <param name="startedAt">When the sync began.</param>
    /// <param name="newlyDirty">Pages that were clean before it.</param>
    /// <param name="remaining">Bytes that are dirty after it.</param>
    public void BookDirtySync(long startedAt, long newlyDirty, long remaining)
    {
        long count = Statistics.CountDirtySync();
        Statistics.DirtyBytesLastSync = remaining;
        Statistics.Remaining = remaining;
        if (_period.Sync(startedAt, Now, newlyDirty, Statistics.Transferred) is { } ended)
        {
            _converge.Judge(ended);
            Statistics.DirtyPagesRate = ended.PagesPerSecond;
        }

        if (Options.Has(Types.MigrationCapability.Events)) _events.Pass(count);
    }
}
