using System.Numerics;
using Qmp.Migration.Rules;
using Qmp.Types;

namespace Qmp.Migration.Options;

/// <summary>
/// The migration parameters: a row says all that there is to say of one but its type and what it does. They stand in
/// the order in which QEMU checks them; texts are QEMU's.
/// </summary>
public static class ParameterTable
{
    private const ulong TargetPageSize = 4096;
    private const ulong MinRdmaChunk = 1 << 20;
    private const ulong MaxRdmaChunk = 1 << 30;

    /// <summary>All parameters.</summary>
    public static IReadOnlyList<MigrationParameter> All { get; } =
    [
        new(
            "throttle-trigger-threshold",
            p => p.ThrottleTriggerThreshold,
            (p, c) => c.ThrottleTriggerThreshold is { } v ? p with { ThrottleTriggerThreshold = v } : p,
            new() { ThrottleTriggerThreshold = 50 })
        {
            Line = 5,
            Property = "x-throttle-trigger-threshold",
            Check = Integer(p => p.ThrottleTriggerThreshold, 1, 100),
        },
        new(
            "cpu-throttle-initial",
            p => p.CpuThrottleInitial,
            (p, c) => c.CpuThrottleInitial is { } v ? p with { CpuThrottleInitial = v } : p,
            new() { CpuThrottleInitial = 20 })
        {
            Line = 6,
            Property = "x-cpu-throttle-initial",
            Check = Integer(p => p.CpuThrottleInitial, 1, 99),
        },
        new(
            "cpu-throttle-increment",
            p => p.CpuThrottleIncrement,
            (p, c) => c.CpuThrottleIncrement is { } v ? p with { CpuThrottleIncrement = v } : p,
            new() { CpuThrottleIncrement = 10 })
        {
            Line = 7,
            Property = "x-cpu-throttle-increment",
            Check = Integer(p => p.CpuThrottleIncrement, 1, 99),
        },
        new(
            "cpu-throttle-tailslow",
            p => p.CpuThrottleTailslow,
            (p, c) => c.CpuThrottleTailslow is { } v ? p with { CpuThrottleTailslow = v } : p,
            new() { CpuThrottleTailslow = false })
        {
            Line = 8,
            Property = "x-cpu-throttle-tailslow",
        },
        new(
            "tls-creds",
            p => p.TlsCreds,
            (p, c) => Text(c.TlsCreds) is { } v ? p with { TlsCreds = v } : p,
            new() { TlsCreds = new StrOrNull.S("") })
        {
            Line = 10,
        },
        new(
            "tls-hostname",
            p => p.TlsHostname,
            (p, c) => Text(c.TlsHostname) is { } v ? p with { TlsHostname = v } : p,
            new() { TlsHostname = new StrOrNull.S("") })
        {
            Line = 11,
        },
        new(
            "tls-authz",
            p => p.TlsAuthz,
            (p, c) => Text(c.TlsAuthz) is { } v ? p with { TlsAuthz = v } : p,
            new() { TlsAuthz = new StrOrNull.S("") })
        {
            Line = 21,
        },
        new(
            "max-bandwidth",
            p => p.MaxBandwidth,
            (p, c) => c.MaxBandwidth is { } v ? p with { MaxBandwidth = v } : p,
            new() { MaxBandwidth = 128 << 20 })
        {
            Line = 12,
            Unit = " bytes/second",
            Input = ParameterInput.Mebibytes,
            Property = "x-max-bandwidth",
        },
        new(
            "avail-switchover-bandwidth",
            p => p.AvailSwitchoverBandwidth,
            (p, c) => c.AvailSwitchoverBandwidth is { } v ? p with { AvailSwitchoverBandwidth = v } : p,
            new() { AvailSwitchoverBandwidth = 0 })
        {
            Line = 13,
            Unit = " bytes/second",
            Input = ParameterInput.Mebibytes,
        },
        new(
            "downtime-limit",
            p => p.DowntimeLimit,
            (p, c) => c.DowntimeLimit is { } v ? p with { DowntimeLimit = v } : p,
            new() { DowntimeLimit = 300 })
        {
            Line = 14,
            Unit = " ms",
            Input = ParameterInput.Size,
            Property = "x-downtime-limit",
            Check = Integer(p => p.DowntimeLimit, 0, 2_000_000, "0 to (2000 * 1000) ms"),
        },
        new(
            "x-checkpoint-delay",
            p => p.XCheckpointDelay,
            (p, c) => c.XCheckpointDelay is { } v ? p with { XCheckpointDelay = v } : p,
            new() { XCheckpointDelay = 20_000 })
        {
            Line = 15,
            Unit = " ms",
        },
        new(
            "multifd-channels",
            p => p.MultifdChannels,
            (p, c) => c.MultifdChannels is { } v ? p with { MultifdChannels = v } : p,
            new() { MultifdChannels = 2 })
        {
            Line = 16,
            Check = Value(p => p.MultifdChannels, 1, 255),
        },
        new(
            "multifd-compression",
            p => p.MultifdCompression,
            (p, c) => c.MultifdCompression is { } v ? p with { MultifdCompression = v } : p,
            new() { MultifdCompression = MultiFDCompression.None })
        {
            Line = 17,
        },
        new(
            "multifd-zlib-level",
            p => p.MultifdZlibLevel,
            (p, c) => c.MultifdZlibLevel is { } v ? p with { MultifdZlibLevel = v } : p,
            new() { MultifdZlibLevel = 1 })
        {
            Check = Value(p => p.MultifdZlibLevel, 0, 9),
        },
        new(
            "multifd-qatzip-level",
            p => p.MultifdQatzipLevel,
            (p, c) => c.MultifdQatzipLevel is { } v ? p with { MultifdQatzipLevel = v } : p,
            new() { MultifdQatzipLevel = 1 })
        {
            Check = Value(p => p.MultifdQatzipLevel, 1, 9),
        },
        new(
            "multifd-zstd-level",
            p => p.MultifdZstdLevel,
            (p, c) => c.MultifdZstdLevel is { } v ? p with { MultifdZstdLevel = v } : p,
            new() { MultifdZstdLevel = 1 })
        {
            Check = Value(p => p.MultifdZstdLevel, 0, 20),
        },
        new(
            "zero-page-detection",
            p => p.ZeroPageDetection,
            (p, c) => c.ZeroPageDetection is { } v ? p with { ZeroPageDetection = v } : p,
            new() { ZeroPageDetection = ZeroPageDetection.Multifd })
        {
            Line = 18,
        },
        new(
            "xbzrle-cache-size",
            p => p.XbzrleCacheSize,
            (p, c) => c.XbzrleCacheSize is { } v ? p with { XbzrleCacheSize = v } : p,
            new() { XbzrleCacheSize = 64 << 20 })
        {
            Line = 19,
            Unit = " bytes",
            Input = ParameterInput.SignedSize,
            Check = CacheSize,
        },
        new(
            "max-postcopy-bandwidth",
            p => p.MaxPostcopyBandwidth,
            (p, c) => c.MaxPostcopyBandwidth is { } v ? p with { MaxPostcopyBandwidth = v } : p,
            new() { MaxPostcopyBandwidth = 0 })
        {
            Line = 20,
        },
        new(
            "max-cpu-throttle",
            p => p.MaxCpuThrottle,
            (p, c) => c.MaxCpuThrottle is { } v ? p with { MaxCpuThrottle = v } : p,
            new() { MaxCpuThrottle = 99 })
        {
            Line = 9,
            Check = MaxThrottle,
        },
        new(
            "announce-initial",
            p => p.AnnounceInitial,
            (p, c) => c.AnnounceInitial is { } v ? p with { AnnounceInitial = v } : p,
            new() { AnnounceInitial = 50 })
        {
            Line = 1,
            Unit = " ms",
            Check = Value(p => p.AnnounceInitial, 0, 100_000),
        },
        new(
            "announce-max",
            p => p.AnnounceMax,
            (p, c) => c.AnnounceMax is { } v ? p with { AnnounceMax = v } : p,
            new() { AnnounceMax = 550 })
        {
            Line = 2,
            Unit = " ms",
            Check = Value(p => p.AnnounceMax, 0, 100_000),
        },
        new(
            "announce-rounds",
            p => p.AnnounceRounds,
            (p, c) => c.AnnounceRounds is { } v ? p with { AnnounceRounds = v } : p,
            new() { AnnounceRounds = 5 })
        {
            Line = 3,
            Check = Value(p => p.AnnounceRounds, 0, 1000),
        },
        new(
            "announce-step",
            p => p.AnnounceStep,
            (p, c) => c.AnnounceStep is { } v ? p with { AnnounceStep = v } : p,
            new() { AnnounceStep = 100 })
        {
            Line = 4,
            Unit = " ms",
            Check = AnnounceStep,
        },
        new(
            "block-bitmap-mapping",
            p => p.BlockBitmapMapping,
            (p, c) => c.BlockBitmapMapping is { } v ? p with { BlockBitmapMapping = v } : p,
            new())
        {
            Line = 22,
            Input = ParameterInput.None,
            Property = null,
            Check = BitmapMapping,
        },
        new(
            "x-vcpu-dirty-limit-period",
            p => p.XVcpuDirtyLimitPeriod,
            (p, c) => c.XVcpuDirtyLimitPeriod is { } v ? p with { XVcpuDirtyLimitPeriod = v } : p,
            new() { XVcpuDirtyLimitPeriod = 1000 })
        {
            Line = 23,
            Unit = " ms",
            Input = ParameterInput.Size,
            Check = Value(p => p.XVcpuDirtyLimitPeriod, 1, 1000),
        },
        new(
            "vcpu-dirty-limit",
            p => p.VcpuDirtyLimit,
            (p, c) => c.VcpuDirtyLimit is { } v ? p with { VcpuDirtyLimit = v } : p,
            new() { VcpuDirtyLimit = 1 })
        {
            Line = 24,
            Unit = " MB/s",
            Input = ParameterInput.Size,
            IsAlwaysParameter = true,
            Check = p => p.VcpuDirtyLimit is < 1 ? "must be greater than 1 MB/s" : null,
        },
        new(
            "mode",
            p => p.Mode,
            (p, c) => c.Mode is { } v ? p with { Mode = v } : p,
            new() { Mode = MigMode.Normal })
        {
            Line = 25,
        },
        new(
            "direct-io",
            p => p.DirectIo,
            (p, c) => c.DirectIo is { } v ? p with { DirectIo = v } : p,
            new() { DirectIo = false })
        {
            Line = 26,
            Property = null,
        },
        new(
            "x-rdma-chunk-size",
            p => p.XRdmaChunkSize,
            (p, c) => c.XRdmaChunkSize is { } v ? p with { XRdmaChunkSize = v } : p,
            new() { XRdmaChunkSize = MinRdmaChunk })
        {
            IsNew = true,
            Line = 27,
            Unit = " bytes",
            RangeName = "x_rdma_chunk_size",
            Check = RdmaChunk,
        },
        new(
            "cpr-exec-command",
            p => p.CprExecCommand,
            (p, c) => c.CprExecCommand is { } v ? p with { CprExecCommand = v } : p,
            new() { CprExecCommand = [] })
        {
            IsNew = true,
            Line = 28,
            Input = ParameterInput.None,
            Property = null,
        },
    ];

    /// <summary>What a machine starts with; every member has a value but <c>block-bitmap-mapping</c>.</summary>
    internal static MigrationParameters Defaults { get; } =
        All.Aggregate(new MigrationParameters(), (parameters, row) => row.Preset(parameters));

    /// <summary>The parameters that a release of QEMU has.</summary>
    public static IEnumerable<MigrationParameter> In(MigrationRules rules) => All.Where(p => p.IsIn(rules));

    /// <summary>The parameter of that name, or <see langword="null"/>.</summary>
    public static MigrationParameter? Find(string name, MigrationRules rules) => In(rules).FirstOrDefault(p => p.Name == name);

    /// <summary>The parameters in force after a request.</summary>
    internal static MigrationParameters Apply(MigrationParameters old, MigrateSetParameters changes) =>
        All.Aggregate(old, (parameters, row) => row.Apply(parameters, changes));

    private static Func<MigrationParameters, string?> Integer(
        Func<MigrationParameters, ulong?> value, ulong min, ulong max, string? range = null) =>
        p => IsOutside(value(p), min, max) ? $"expects an integer in the range of {range ?? $"{min} to {max}"}" : null;

    private static Func<MigrationParameters, string?> Value(Func<MigrationParameters, ulong?> value, ulong min, ulong max) =>
        p => IsOutside(value(p), min, max) ? $"expects a value between {min} and {max}" : null;

    private static bool IsOutside(ulong? value, ulong min, ulong max) => value is { } v && (v < min || v > max);

    private static string? CacheSize(MigrationParameters p) =>
        p.XbzrleCacheSize is { } size && (size < TargetPageSize || !BitOperations.IsPow2(size))
            ? "expects a power of two no less than the target page size"
            : null;

    private static string? MaxThrottle(MigrationParameters p) => IsOutside(p.MaxCpuThrottle, p.CpuThrottleInitial ?? 0, 99)
        ? "expects an integer in the range of cpu_throttle_initial to 99"
        : null;

    private static string? RdmaChunk(MigrationParameters p) =>
        p.XRdmaChunkSize is { } size && (IsOutside(size, MinRdmaChunk, MaxRdmaChunk) || !BitOperations.IsPow2(size))
            ? "expects a power of 2 in the range 1MiB to 1024MiB"
            : null;

    // The text is QEMU's: it allows 0, the check does not.
    private static string? AnnounceStep(MigrationParameters p) =>
        IsOutside(p.AnnounceStep, 1, 10_000) ? "expects a value between 0 and 10000" : null;

    // Has a text of its own, without the parameter's name in front.
    private static string? BitmapMapping(MigrationParameters p)
    {
        if (p.BlockBitmapMapping is { } mapping) BitmapMappingRules.Check(mapping);
        return null;
    }

    // null stands for no text: QEMU stores it as the empty one.
    private static string? Text(StrOrNull? value) => value switch
    {
        null => null,
        StrOrNull.S text => text.Value,
        _ => "",
    };
}
