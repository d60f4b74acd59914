using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.Interop.Matrix;

/// <summary>A way to migrate that must work between any two emulators.</summary>
internal sealed record Scenario(string Name)
{
    private static readonly MigrationCapability[] ReturnPath = [MigrationCapability.ReturnPath];
    private static readonly MigrationCapability[] Multifd = [MigrationCapability.Multifd];
    private static readonly MigrationCapability[] MappedRam = [MigrationCapability.MappedRam];
    private static readonly MigrationCapability[] MappedRamAndMultifd = [.. MappedRam, .. Multifd];

    private static readonly MigrationCapability[] Postcopy = [MigrationCapability.PostcopyRam];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("plain unix"),
        new("unix on the command line") { Route = Route.UnixOnCommandLine },
        new("plain tcp") { Route = Route.Tcp },
        new("return-path") { Capabilities = ReturnPath },
        new("switchover-ack") { Capabilities = [.. ReturnPath, MigrationCapability.SwitchoverAck] },
        new("switchover-ack over tcp")
        {
            Route = Route.Tcp, Capabilities = [.. ReturnPath, MigrationCapability.SwitchoverAck],
        },
        new("pause-before-switchover") { Capabilities = [MigrationCapability.PauseBeforeSwitchover] },
        new("paused source") { SourceIsPaused = true },
        new("validate-uuid")
        {
            Capabilities = [MigrationCapability.ValidateUuid], Uuid = "6b8d1b5e-0f3a-4c55-9d0e-1d2f3a4b5c6d",
        },
        new("file") { Route = Route.File },
        new("file with offset") { Route = Route.FileWithOffset },
        new("exec") { Route = Route.Exec },
        new("x-ignore-shared") { Capabilities = [MigrationCapability.XIgnoreShared], SharesMemory = true },
        new("cpr-reboot")
        {
            Route = Route.File, Capabilities = [MigrationCapability.XIgnoreShared], SharesMemory = true,
            Parameters = new() { Mode = MigMode.CprReboot },
        },
        new("cpr-transfer") { Route = Route.Cpr, SourceParameters = new() { Mode = MigMode.CprTransfer } },
        new("fd, passed to both") { Route = Route.PassedDescriptors, Capabilities = ReturnPath },
        new("fd, inherited by the destination") { Route = Route.InheritedDescriptor, Capabilities = ReturnPath },
        new("multifd 2") { Capabilities = Multifd, Parameters = new() { MultifdChannels = 2 } },
        new("multifd 4, switchover-ack")
        {
            Route = Route.Tcp,
            Capabilities = [.. Multifd, .. ReturnPath, MigrationCapability.SwitchoverAck],
            Parameters = new() { MultifdChannels = 4 },
        },
        new("multifd zlib")
        {
            Capabilities = Multifd, Parameters = new() { MultifdCompression = MultiFDCompression.Zlib },
        },
        new("multifd zstd")
        {
            Capabilities = Multifd, Parameters = new() { MultifdCompression = MultiFDCompression.Zstd },
        },
        new("multifd, legacy zero pages")
        {
            Capabilities = Multifd, Parameters = new() { ZeroPageDetection = ZeroPageDetection.Legacy },
        },
        new("multifd, no zero pages")
        {
            Capabilities = Multifd, Parameters = new() { ZeroPageDetection = ZeroPageDetection.None },
        },
        new("mapped-ram") { Route = Route.File, Capabilities = MappedRam },
        new("mapped-ram with offset") { Route = Route.FileWithOffset, Capabilities = MappedRam },
        new("mapped-ram, multifd") { Route = Route.File, Capabilities = MappedRamAndMultifd },
        new("mapped-ram, multifd, direct-io")
        {
            Route = Route.File, Capabilities = MappedRamAndMultifd, Parameters = new() { DirectIo = true },
        },
        new("mapped-ram in an fdset")
        {
            Route = Route.DescriptorSet, Capabilities = MappedRamAndMultifd, Parameters = new() { DirectIo = true },
        },
        new("xbzrle")
        {
            Capabilities = [MigrationCapability.Xbzrle, MigrationCapability.PauseBeforeSwitchover],
            Parameters = new() { XbzrleCacheSize = EmulatorProcess.MemorySize },
            RewritesMemory = true,
        },
        new("background-snapshot") { Route = Route.File, Capabilities = [MigrationCapability.BackgroundSnapshot], KeepsGuest = true },
        new("postcopy at once") { Capabilities = Postcopy, Parameters = new() { MaxBandwidth = 8 << 20 }, GoesAheadAfter = 0 },
        new("postcopy on the way") { Capabilities = Postcopy, Parameters = SlowPostcopy, GoesAheadAfter = 2 << 20 },
        new("postcopy preempt")
        {
            Capabilities = [.. Postcopy, MigrationCapability.PostcopyPreempt], Parameters = SlowPostcopy, GoesAheadAfter = 2 << 20,
        },
        new("postcopy preempt at once")
        {
            Capabilities = [.. Postcopy, MigrationCapability.PostcopyPreempt], Parameters = new() { MaxBandwidth = 8 << 20 }, GoesAheadAfter = 0,
        },
        new("postcopy in reserve") { Capabilities = Postcopy },
        new("postcopy blocktime")
        {
            Capabilities = [.. Postcopy, MigrationCapability.PostcopyBlocktime], Parameters = SlowPostcopy, GoesAheadAfter = 2 << 20,
        },
        new("postcopy preempt, recovered")
        {
            Capabilities = [.. Postcopy, MigrationCapability.PostcopyPreempt], Parameters = SlowPostcopy, GoesAheadAfter = 2 << 20,
            IsInterrupted = true,
        },
        new("postcopy, multifd")
        {
            Since = QemuRelease.Eleven, Capabilities = [.. Postcopy, .. Multifd], Parameters = SlowPostcopy, GoesAheadAfter = 2 << 20,
        },
        new("postcopy, recovered") { Capabilities = Postcopy, Parameters = SlowPostcopy, GoesAheadAfter = 2 << 20, IsInterrupted = true },
        .. WithTls,
    ];

    private static IEnumerable<Scenario> WithTls =>
    [
        new("x509 over tcp") { Tls = TlsKind.Certificates, Route = Route.Tcp },
        new("x509 over unix") { Tls = TlsKind.Certificates },
        new("x509, switchover-ack")
        {
            Tls = TlsKind.Certificates, Route = Route.Tcp, Capabilities = [.. ReturnPath, MigrationCapability.SwitchoverAck],
        },
        new("x509, multifd 4")
        {
            Tls = TlsKind.Certificates, Route = Route.Tcp, Capabilities = Multifd, Parameters = new() { MultifdChannels = 4 },
        },
        new("x509, postcopy") { Tls = TlsKind.Certificates, Capabilities = Postcopy, Parameters = SlowPostcopy, GoesAheadAfter = 2 << 20 },
        new("x509, postcopy preempt")
        {
            Tls = TlsKind.Certificates, Capabilities = [.. Postcopy, MigrationCapability.PostcopyPreempt], Parameters = SlowPostcopy, GoesAheadAfter = 2 << 20,
        },
        new("x509, postcopy, recovered")
        {
            Tls = TlsKind.Certificates, Capabilities = Postcopy, Parameters = SlowPostcopy, GoesAheadAfter = 2 << 20, IsInterrupted = true,
        },
        new("psk") { Tls = TlsKind.CommonKey, Route = Route.Tcp },
        new("psk, multifd 4")
        {
            Tls = TlsKind.CommonKey, Capabilities = [.. Multifd, .. ReturnPath], Parameters = new() { MultifdChannels = 4 },
        },
        new("anonymous") { Tls = TlsKind.Anonymous, Route = Route.Tcp, Capabilities = ReturnPath },
    ];

    // So slow that the destination's memory is asked for before it comes by itself.
    private static MigrateSetParameters SlowPostcopy => new() { MaxBandwidth = 8 << 20, MaxPostcopyBandwidth = 16 << 20 };

    /// <summary>How the stream gets there.</summary>
    public Route Route { get; init; }

    /// <summary>What both ends switch on.</summary>
    public IReadOnlyList<MigrationCapability> Capabilities { get; init; } = [];

    /// <summary>What both ends are set to; <see langword="null"/>: the defaults.</summary>
    public MigrateSetParameters? Parameters { get; init; }

    /// <summary>What the source alone is set to.</summary>
    public MigrateSetParameters? SourceParameters { get; init; }

    /// <summary>Whether the guest is paused before it moves.</summary>
    public bool SourceIsPaused { get; init; }

    /// <summary>Whether both have the same file for memory.</summary>
    public bool SharesMemory { get; init; }

    /// <summary>Whether pages that have been sent are written again, while it moves.</summary>
    public bool RewritesMemory { get; init; }

    /// <summary>After how many bytes the guest goes before the rest of its memory; <see langword="null"/> where it does not.</summary>
    public long? GoesAheadAfter { get; init; }

    /// <summary>Whether the connection is cut once the guest has gone, and another made.</summary>
    public bool IsInterrupted { get; init; }

    /// <summary>How the ends prove who they are.</summary>
    public TlsKind Tls { get; init; }

    /// <summary>Whether the guest runs on at the source.</summary>
    public bool KeepsGuest { get; init; }

    /// <summary>The first release that can do it.</summary>
    public QemuRelease Since { get; init; }

    /// <summary>
    /// Whether it works between such ends. Between two releases it depends with switchover-ack (see AckCountTests), and QEMU
    /// 10.0 refuses what 11.1 leaves to the program that takes its place.
    /// </summary>
    public bool Fits(Pair pair) =>
        Since <= pair.SourceRelease && Since <= pair.DestinationRelease
        && (pair.SourceRelease == pair.DestinationRelease || !Capabilities.Contains(MigrationCapability.SwitchoverAck))
        && (Route != Route.Cpr || pair.SourceRelease <= pair.DestinationRelease);

    /// <summary>The UUID of both.</summary>
    public string? Uuid { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
