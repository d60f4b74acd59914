using Qmp.Types;

namespace Qmp.Migration.Options;

/// <summary>The parameters that a machine starts with, and how a request changes them.</summary>
internal static class ParameterDefaults
{
    public static MigrationParameters Create() => new()
    {
        AnnounceInitial = 50,
        AnnounceMax = 550,
        AnnounceRounds = 5,
        AnnounceStep = 100,
        ThrottleTriggerThreshold = 50,
        CpuThrottleInitial = 20,
        CpuThrottleIncrement = 10,
        CpuThrottleTailslow = false,
        TlsCreds = "",
        TlsHostname = "",
        TlsAuthz = "",
        MaxBandwidth = 128 << 20,
        AvailSwitchoverBandwidth = 0,
        DowntimeLimit = 300,
        XCheckpointDelay = 20_000,
        MultifdChannels = 2,
        XbzrleCacheSize = 64 << 20,
        MaxPostcopyBandwidth = 0,
        MaxCpuThrottle = 99,
        MultifdCompression = MultiFDCompression.None,
        MultifdZlibLevel = 1,
        MultifdQatzipLevel = 1,
        MultifdZstdLevel = 1,
        XVcpuDirtyLimitPeriod = 1000,
        VcpuDirtyLimit = 1,
        Mode = MigMode.Normal,
        ZeroPageDetection = ZeroPageDetection.Multifd,
        DirectIo = false,
    };

    public static MigrationParameters Apply(MigrationParameters old, MigrateSetParameters changes) => old with
    {
        AnnounceInitial = changes.AnnounceInitial ?? old.AnnounceInitial,
        AnnounceMax = changes.AnnounceMax ?? old.AnnounceMax,
        AnnounceRounds = changes.AnnounceRounds ?? old.AnnounceRounds,
        AnnounceStep = changes.AnnounceStep ?? old.AnnounceStep,
        ThrottleTriggerThreshold = changes.ThrottleTriggerThreshold ?? old.ThrottleTriggerThreshold,
        CpuThrottleInitial = changes.CpuThrottleInitial ?? old.CpuThrottleInitial,
        CpuThrottleIncrement = changes.CpuThrottleIncrement ?? old.CpuThrottleIncrement,
        CpuThrottleTailslow = changes.CpuThrottleTailslow ?? old.CpuThrottleTailslow,
        TlsCreds = Text(changes.TlsCreds) ?? old.TlsCreds,
        TlsHostname = Text(changes.TlsHostname) ?? old.TlsHostname,
        TlsAuthz = Text(changes.TlsAuthz) ?? old.TlsAuthz,
        MaxBandwidth = changes.MaxBandwidth ?? old.MaxBandwidth,
        AvailSwitchoverBandwidth = changes.AvailSwitchoverBandwidth ?? old.AvailSwitchoverBandwidth,
        DowntimeLimit = changes.DowntimeLimit ?? old.DowntimeLimit,
        XCheckpointDelay = changes.XCheckpointDelay ?? old.XCheckpointDelay,
        MultifdChannels = changes.MultifdChannels ?? old.MultifdChannels,
        XbzrleCacheSize = changes.XbzrleCacheSize ?? old.XbzrleCacheSize,
        MaxPostcopyBandwidth = changes.MaxPostcopyBandwidth ?? old.MaxPostcopyBandwidth,
        MaxCpuThrottle = changes.MaxCpuThrottle ?? old.MaxCpuThrottle,
        MultifdCompression = changes.MultifdCompression ?? old.MultifdCompression,
        MultifdZlibLevel = changes.MultifdZlibLevel ?? old.MultifdZlibLevel,
        MultifdQatzipLevel = changes.MultifdQatzipLevel ?? old.MultifdQatzipLevel,
        MultifdZstdLevel = changes.MultifdZstdLevel ?? old.MultifdZstdLevel,
        BlockBitmapMapping = changes.BlockBitmapMapping ?? old.BlockBitmapMapping,
        XVcpuDirtyLimitPeriod = changes.XVcpuDirtyLimitPeriod ?? old.XVcpuDirtyLimitPeriod,
        VcpuDirtyLimit = changes.VcpuDirtyLimit ?? old.VcpuDirtyLimit,
        Mode = changes.Mode ?? old.Mode,
        ZeroPageDetection = changes.ZeroPageDetection ?? old.ZeroPageDetection,
        DirectIo = changes.DirectIo ?? old.DirectIo,
    };

    // null stands for no text: QEMU stores it as the empty one.
    private static string? Text(StrOrNull? value) => value switch
    {
        null => null,
        StrOrNull.S text => text.Value,
        _ => "",
    };
}
