using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Migration.Destination;
using Qmp.Migration.Postcopy;
using Qmp.Migration.Source;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration;

/// <summary>Makes the answer to <c>query-migrate</c>.</summary>
internal static class MigrationReport
{
    public static MigrationInfo Of(
        VirtualMachine machine,
        MigrationBlockers blockers,
        OutgoingMigration? outgoing,
        IncomingMigration? incoming)
    {
        // A machine that was a destination shows that until it is a source itself; where others reach it, it shows beside that.
        MigrationInfo info = incoming is null ? new MigrationInfo() : OfDestination(incoming);
        if (outgoing is not null) info = OfSource(machine, outgoing) with { SocketAddress = info.SocketAddress };
        return blockers.Reasons is { Count: > 0 } reasons ? info with { BlockedReasons = reasons } : info;
    }

    private static MigrationInfo OfSource(VirtualMachine machine, OutgoingMigration migration)
    {
        MigrationStatus status = migration.State.Current;
        var info = new MigrationInfo { Status = status };
        switch (status)
        {
            case MigrationStatus.Active or MigrationStatus.PreSwitchover or MigrationStatus.Device
                or MigrationStatus.Cancelling:
                return info with
                {
                    Remaining = migration.Statistics.Pending,
                    ExpectedDowntime = migration.Bandwidth.ExpectedDowntime,
                    SetupTime = migration.Times.SetupTime ?? 0,
                    TotalTime = migration.Times.TotalTime(machine.Timeline.NowMilliseconds),
                    Ram = Ram(migration, status),
                    Vfio = Vfio(migration),
                    XbzrleCache = Xbzrle(migration),
                    CpuThrottlePercentage = Throttle(machine),
                    ErrorDesc = migration.Error,
                };

            case MigrationStatus.PostcopyDevice or MigrationStatus.PostcopyActive or MigrationStatus.PostcopyPaused
                or MigrationStatus.PostcopyRecoverSetup or MigrationStatus.PostcopyRecover:
                return info with
                {
                    Remaining = migration.Statistics.Pending,
                    SetupTime = migration.Times.SetupTime ?? 0,
                    Downtime = migration.Times.Downtime ?? 0,
                    TotalTime = migration.Times.TotalTime(machine.Timeline.NowMilliseconds),
                    Ram = Ram(migration, status),
                    XbzrleCache = Xbzrle(migration),
                    ErrorDesc = migration.Error,
                };

            case MigrationStatus.Completed:
                return info with
                {
                    SetupTime = migration.Times.SetupTime ?? 0,
                    Downtime = migration.Times.Downtime ?? 0,
                    TotalTime = migration.Times.TotalTime(machine.Timeline.NowMilliseconds),
                    Ram = Ram(migration, status),
                    Vfio = Vfio(migration),
                    XbzrleCache = Xbzrle(migration),
                    CpuThrottlePercentage = Throttle(machine),
                };

            case MigrationStatus.Failing or MigrationStatus.Failed or MigrationStatus.Cancelled:
                return info with { ErrorDesc = migration.Error };

            default:
                return info;
        }
    }

    private static MigrationInfo OfDestination(IncomingMigration migration)
    {
        MigrationStatus status = migration.State.Current;
        bool listens = status is not MigrationStatus.Completed && migration.Addresses.Count > 0;
        if (status == MigrationStatus.None) return new MigrationInfo();
        var info = new MigrationInfo
        {
            Status = status,
            SocketAddress = listens ? migration.Addresses : null,
            ErrorDesc = status == MigrationStatus.Failed ? migration.Error : null,
        };
        bool measures = status == MigrationStatus.Completed && migration.Options.Has(MigrationCapability.PostcopyBlocktime)
            && migration.Loader is { Postcopy.Missing.IsArmed: true };
        return measures ? WithBlockTimes(info, migration.Loader!.Postcopy.Missing.Times) : info;
    }

    // There is one processor as far as waits are concerned.
    private static MigrationInfo WithBlockTimes(MigrationInfo info, BlockTimes times) => info with
    {
        PostcopyBlocktime = times.Milliseconds,
        PostcopyVcpuBlocktime = [times.Milliseconds],
        PostcopyLatency = times.Latency,
        PostcopyLatencyDist = times.Distribution,
        PostcopyVcpuLatency = [times.Latency],
        PostcopyNonVcpuLatency = 0,
    };

    private static XBZRLECacheStats? Xbzrle(OutgoingMigration migration)
    {
        if (!migration.Options.Has(MigrationCapability.Xbzrle)) return null;
        XbzrleStatistics s = migration.Statistics.Xbzrle;
        return new XBZRLECacheStats
        {
            CacheSize = migration.Options.Parameters.XbzrleCacheSize ?? 0,
            Bytes = s.Bytes,
            Pages = s.Pages,
            CacheMiss = s.Misses,
            CacheMissRate = s.MissRate,
            EncodingRate = s.EncodingRate,
            Overflow = s.Overflows,
        };
    }

    private static VfioStats? Vfio(OutgoingMigration migration) =>
        migration.DeviceStateBytes is { } bytes ? new VfioStats { Transferred = bytes } : null;

    private static long? Throttle(VirtualMachine machine) =>
        machine.ThrottlePercentage is var percentage and not 0 ? percentage : null;

    private static MigrationStats Ram(OutgoingMigration migration, MigrationStatus status)
    {
        MigrationStatistics s = migration.Statistics;
        bool over = status == MigrationStatus.Completed;
        return new MigrationStats
        {
            Transferred = s.Transferred,
            Remaining = over ? 0 : s.Remaining,
            Total = s.Total,
            Duplicate = s.ZeroPages,
            Normal = s.NormalPages,
            NormalBytes = s.NormalPages * RamBlock.PageSize,
            DirtyPagesRate = over ? 0 : s.DirtyPagesRate,
            Mbps = migration.Bandwidth.Mbps,
            DirtySyncCount = s.DirtySyncCount,
            PostcopyRequests = s.PostcopyRequests,
            PageSize = RamBlock.PageSize,
            MultifdBytes = (ulong)s.MultifdBytes,
            PagesPerSecond = migration.Bandwidth.PagesPerSecond,
            PrecopyBytes = (ulong)s.PrecopyBytes,
            DowntimeBytes = (ulong)s.DowntimeBytes,
            PostcopyBytes = (ulong)s.PostcopyBytes,
            DirtySyncMissedZeroCopy = (ulong)s.MissedZeroCopies,
        };
    }
}
