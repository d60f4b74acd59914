using Qmp.Migration.Options;
using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Tests;

/// <summary>What QEMU 10.0.2 says to capabilities and parameters that do not go together or are out of range.</summary>
[TestFixture]
internal sealed class OptionsTests
{
    [TestCase("postcopy-ram x-ignore-shared", "Postcopy is not compatible with ignore-shared")]
    [TestCase("postcopy-ram multifd", "Postcopy is not yet compatible with multifd")]
    [TestCase("background-snapshot xbzrle return-path", "Background-snapshot is not compatible with return-path")]
    [TestCase("background-snapshot events mapped-ram x-ignore-shared zero-blocks", null)]
    [TestCase("zero-copy-send", "Zero copy only available for non-compressed non-TLS multifd migration")]
    [TestCase("zero-copy-send multifd", null)]
    [TestCase("zero-copy-send multifd xbzrle", "Zero copy only available for non-compressed non-TLS multifd migration")]
    [TestCase("postcopy-preempt", "Postcopy preempt requires postcopy-ram")]
    [TestCase("switchover-ack", "Capability 'switchover-ack' requires capability 'return-path'")]
    [TestCase("switchover-ack return-path", null)]
    [TestCase("dirty-limit", "dirty-limit requires KVM with accelerator property 'dirty-ring-size' set")]
    [TestCase(
        "dirty-limit auto-converge",
        "dirty-limit conflicts with auto-converge either of then available currently")]
    [TestCase("multifd xbzrle", "Multifd is not compatible with xbzrle")]
    [TestCase("mapped-ram xbzrle", "Mapped-ram migration is incompatible with xbzrle")]
    [TestCase("mapped-ram postcopy-ram", "Mapped-ram migration is incompatible with postcopy")]
    public void Capabilities_are_checked_as_one_set(string names, string? refusal)
    {
        var options = new MigrationOptions(MigrationRules.Default);
        MigrationCapability[] wanted = [.. names.Split(' ').Select(Parse)];
        Assert.That(() => Set(options, wanted), refusal is null
            ? Throws.Nothing
            : Throws.TypeOf<MigrationException>().With.Message.EqualTo(refusal));
        foreach (MigrationCapability capability in wanted)
        {
            Assert.That(options.Has(capability), Is.EqualTo(refusal is null), "all or none");
        }
    }

    [TestCase(MigrationCapability.Multifd, "Multifd must be set before incoming starts")]
    [TestCase(MigrationCapability.PostcopyPreempt, "Postcopy preempt must be set before incoming starts")]
    public void Some_capabilities_come_too_late(MigrationCapability capability, string refusal)
    {
        var options = new MigrationOptions(MigrationRules.Default);
        if (capability == MigrationCapability.PostcopyPreempt) Set(options, MigrationCapability.PostcopyRam);
        Assert.That(
            () => options.SetCapabilities([On(capability)], incomingStarted: true),
            Throws.TypeOf<MigrationException>().With.Message.EqualTo(refusal));
    }

    [Test]
    public void Every_capability_has_a_row() =>
        Assert.That(CapabilityTable.Rows.Select(row => row.Capability), Is.EqualTo(Enum.GetValues<MigrationCapability>().Except([MigrationCapability.Unrecognized])));

    [Test]
    public void Last_entry_for_a_capability_counts()
    {
        var options = new MigrationOptions(MigrationRules.Default);
        options.SetCapabilities(
            [On(MigrationCapability.Events), On(MigrationCapability.Events) with { State = false }],
            incomingStarted: false);
        Assert.That(options.Has(MigrationCapability.Events), Is.False);
    }

    private static IEnumerable<TestCaseData> OutOfRange()
    {
        static TestCaseData Case(MigrateSetParameters parameters, string name, string text) =>
            new(parameters, $"Parameter '{name}' {text}");

        yield return Case(
            new() { ThrottleTriggerThreshold = 0 },
            "throttle_trigger_threshold",
            "expects an integer in the range of 1 to 100");
        yield return Case(
            new() { CpuThrottleInitial = 100 }, "cpu_throttle_initial", "expects an integer in the range of 1 to 99");
        yield return Case(
            new() { CpuThrottleIncrement = 0 }, "cpu_throttle_increment", "expects an integer in the range of 1 to 99");
        yield return Case(
            new() { DowntimeLimit = 2_000_001 },
            "downtime_limit",
            "expects an integer in the range of 0 to (2000 * 1000) ms");
        yield return Case(new() { MultifdChannels = 0 }, "multifd_channels", "expects a value between 1 and 255");
        yield return Case(new() { MultifdZlibLevel = 10 }, "multifd_zlib_level", "expects a value between 0 and 9");
        yield return Case(new() { MultifdQatzipLevel = 0 }, "multifd_qatzip_level", "expects a value between 1 and 9");
        yield return Case(new() { MultifdZstdLevel = 21 }, "multifd_zstd_level", "expects a value between 0 and 20");
        yield return Case(
            new() { XbzrleCacheSize = 4097 },
            "xbzrle_cache_size",
            "expects a power of two no less than the target page size");
        yield return Case(
            new() { XbzrleCacheSize = 2048 },
            "xbzrle_cache_size",
            "expects a power of two no less than the target page size");
        yield return Case(
            new() { MaxCpuThrottle = 10 },
            "max_cpu_throttle",
            "expects an integer in the range of cpu_throttle_initial to 99");
        yield return Case(
            new() { AnnounceInitial = 100_001 }, "announce_initial", "expects a value between 0 and 100000");
        yield return Case(new() { AnnounceMax = 100_001 }, "announce_max", "expects a value between 0 and 100000");
        yield return Case(new() { AnnounceRounds = 1001 }, "announce_rounds", "expects a value between 0 and 1000");
        yield return Case(new() { AnnounceStep = 0 }, "announce_step", "expects a value between 0 and 10000");
        yield return Case(
            new() { XVcpuDirtyLimitPeriod = 0 }, "x-vcpu-dirty-limit-period", "expects a value between 1 and 1000");
        yield return Case(new() { VcpuDirtyLimit = 0 }, "vcpu_dirty_limit", "must be greater than 1 MB/s");
        yield return new TestCaseData(
            new MigrateSetParameters
            {
                BlockBitmapMapping = [new() { NodeName = "n", Alias = "", Bitmaps = [] }],
            },
            "Invalid mapping given for block-bitmap-mapping: The node alias '' is not well-formed");
    }

    [TestCaseSource(nameof(OutOfRange))]
    public void Parameters_out_of_range_change_nothing(MigrateSetParameters parameters, string refusal)
    {
        var options = new MigrationOptions(MigrationRules.Default);
        MigrationParameters before = options.Parameters;
        Assert.That(
            () => options.SetParameters(parameters with { MaxBandwidth = 1 }),
            Throws.TypeOf<MigrationException>().With.Message.EqualTo(refusal));
        Assert.That(options.Parameters, Is.SameAs(before));
    }

    [Test]
    public void Null_for_a_tls_parameter_is_the_empty_text()
    {
        var options = new MigrationOptions(MigrationRules.Default);
        options.SetParameters(new MigrateSetParameters { TlsCreds = new StrOrNull.S("tls0") });
        Assert.That(options.Parameters.TlsCreds, Is.EqualTo("tls0"));
        options.SetParameters(new MigrateSetParameters { TlsCreds = new StrOrNull.N() });
        Assert.That(options.Parameters.TlsCreds, Is.Empty);
    }

    private static void Set(MigrationOptions options, params MigrationCapability[] capabilities) =>
        options.SetCapabilities(capabilities.Select(On), incomingStarted: false);

    private static MigrationCapabilityStatus On(MigrationCapability capability) =>
        new() { Capability = capability, State = true };

    private static MigrationCapability Parse(string name) =>
        MigrationCapabilityExtensions.TryParse(name, out MigrationCapability capability)
            ? capability
            : throw new ArgumentException(name);
}
