using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Faults;
using Qmp.Migration.Channels;
using Qmp.Migration.Multifd;
using Qmp.Migration.Options;
using Qmp.Migration.Postcopy;
using Qmp.Migration.Rules;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;
using Qmp.Migration.Throttling;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Source;

/// <summary>What the savers of one attempt use.</summary>
internal sealed class SourceContext(
    VirtualMachine machine,
    MigrationOptions options,
    MigMode mode,
    MigrationWriter writer,
    MigrationStatistics statistics,
    RateLimiter limiter,
    AutoConverge converge,
    FaultSite faults,
    IMigrationEvents events,
    MultifdSender? multifd,
    ISeekableChannel? file,
    OutgoingPostcopy postcopy,
    ILogger logger) : SaveContext
{
    private readonly DirtyRatePeriod _period = new();
    private MigrationWriter? _detour;
    private long _pagesBefore;

    public override MigrationWriter Writer => _detour ?? Main;

    /// <summary>What writes the main stream.</summary>
    public MigrationWriter Main { get; } = writer;

    public override long Now => machine.Timeline.NowMilliseconds;

    public override SwitchoverAckMode AckMode => options.AckMode;

    public override MigrationRules Rules => options.Rules;

    internal override MigMode Mode => mode;

    internal override MultifdSender? Multifd { get; } = multifd;

    internal override ISeekableChannel? File { get; } = file;

    internal override bool SyncsSections => options.SyncsSections;

    internal override MigrationParameters Parameters => options.Parameters;

    internal override MigrationStatistics Statistics { get; } = statistics;

    internal override Timeline Timeline => machine.Timeline;

    internal override long NowNanoseconds => machine.Timeline.NowNanoseconds;

    internal override bool GuestRuns => machine.IsRunning;

    internal override bool RateExceeded => limiter.Exceeded(Handed);

    internal override long RateLeft => limiter.Left(Handed);

    // What went past the main stream counts before that is flushed.
    private long Handed => Main.Transferred + Statistics.MultifdBytes + Statistics.PreemptBytes;

    public override bool Has(MigrationCapability capability) => options.Has(capability);

    internal override OutgoingPostcopy Postcopy { get; } = postcopy;

    /// <summary>Has savers write elsewhere, or into the main stream again.</summary>
    public void Divert(MigrationWriter? elsewhere) => _detour = elsewhere;

    public override async ValueTask FlushAsync()
    {
        await Writer.FlushAsync();
        Statistics.SetMainBytes(Main.Transferred);
    }

    internal override ValueTask AtAsync(FaultPoint point) => faults.AtAsync(point);

    internal override void BookDirtySync(long startedAt, long newlyDirty, long remaining, SyncReason reason)
    {
        bool isPass = !Rules.PassesAreCounts || reason is SyncReason.Count or SyncReason.Postcopy;
        long count = isPass || reason == SyncReason.Setup ? Statistics.CountDirtySync() : Statistics.DirtySyncCount;
        logger.Debug(
            "migration_bitmap_sync_end pass={Pass}, dirty pages={Dirty}, remaining={Remaining}", count, newlyDirty, remaining);
        Statistics.DirtyBytesLastSync = remaining;
        Statistics.Remaining = remaining;
        if (_period.Sync(startedAt, Now, newlyDirty, Statistics.Transferred) is { } ended)
        {
            converge.Judge(ended);
            Statistics.Xbzrle.EndPeriod(Statistics.Pages - _pagesBefore, RamBlock.PageSize);
            _pagesBefore = Statistics.Pages;
            Statistics.DirtyPagesRate = ended.PagesPerSecond;
        }

        if (isPass && Has(MigrationCapability.Events)) events.Pass(count);
    }
}
