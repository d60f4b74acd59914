using Qmp.Emulator.Versions;
using Qmp.Migration.Channels;
using Qmp.Migration.Options;
using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Tests;

/// <summary>Capabilities, parameters and addresses, as QEMU 11.1 has them.</summary>
[TestFixture]
internal sealed class NewerOptionsTests
{
    private static MigrationRules Rules => QemuVersion.Qemu11_1.Migration;

    [TestCase("postcopy-ram,multifd", null)]
    [TestCase("postcopy-ram,multifd,xbzrle", "Multifd is not compatible with xbzrle")]
    [TestCase("postcopy-ram,multifd,mapped-ram", "Mapped-ram migration is incompatible with postcopy")]
    [TestCase("x-colo", "Capability 'x-colo' requires capability 'return-path'")]
    [TestCase("x-colo,postcopy-ram,x-ignore-shared", "Capability 'x-colo' requires capability 'return-path'")]
    [TestCase("x-colo,return-path", null)]
    [TestCase("switchover-ack", "Capability 'switchover-ack' requires capability 'return-path'")]
    public void Capabilities_are_checked(string names, string? error)
    {
        var options = new MigrationOptions(Rules);
        IEnumerable<MigrationCapabilityStatus> changes = names.Split(',').Select(name =>
            MigrationCapabilityExtensions.TryParse(name, out MigrationCapability capability)
                ? new MigrationCapabilityStatus { Capability = capability, State = true }
                : throw new ArgumentException(name));
        if (error is null) Assert.That(() => options.SetCapabilities(changes, incomingStarted: false), Throws.Nothing);
        else Assert.That(() => options.SetCapabilities(changes, incomingStarted: false), Refused(error));
    }

    private static IEnumerable<TestCaseData> Ranges() =>
    [
        new(new MigrateSetParameters { DowntimeLimit = 2_000_001 },
            "Option downtime-limit expects an integer in the range of 0 to (2000 * 1000) ms"),
        new(new MigrateSetParameters { MultifdChannels = 0 }, "Option multifd-channels expects a value between 1 and 255"),
        new(new MigrateSetParameters { MaxCpuThrottle = 10 },
            "Option max-cpu-throttle expects an integer in the range of cpu-throttle-initial to 99"),
        new(new MigrateSetParameters { VcpuDirtyLimit = 0 }, "Parameter 'vcpu-dirty-limit' must be greater than 1 MB/s"),
        new(new MigrateSetParameters { XVcpuDirtyLimitPeriod = 0 },
            "Option x-vcpu-dirty-limit-period expects a value between 1 and 1000"),
        new(new MigrateSetParameters { XRdmaChunkSize = (1 << 20) + 1 },
            "Option x_rdma_chunk_size expects a power of 2 in the range 1MiB to 1024MiB"),
        new(new MigrateSetParameters { XRdmaChunkSize = 1 << 19 },
            "Option x_rdma_chunk_size expects a power of 2 in the range 1MiB to 1024MiB"),
        new(new MigrateSetParameters { XRdmaChunkSize = 1UL << 31, AnnounceStep = 0 },
            "Option announce-step expects a value between 0 and 10000"),
    ];

    [TestCaseSource(nameof(Ranges))]
    public void Parameters_are_checked(MigrateSetParameters parameters, string error) =>
        Assert.That(() => new MigrationOptions(Rules).SetParameters(parameters), Refused(error));

    [Test]
    public void New_parameters_are_kept()
    {
        var options = new MigrationOptions(Rules);
        Assert.That((options.Parameters.XRdmaChunkSize, options.Parameters.CprExecCommand!.Count), Is.EqualTo((1UL << 20, 0)));
        options.SetParameters(new MigrateSetParameters { XRdmaChunkSize = 1 << 30, CprExecCommand = ["a", "b"] });
        Assert.That(options.Parameters.XRdmaChunkSize, Is.EqualTo(1UL << 30));
        Assert.That(options.Parameters.CprExecCommand, Is.EqualTo(new[] { "a", "b" }));
    }

    [TestCase("tcp:127.0.0.1:1,bogus=on", "Invalid parameter 'bogus'")]
    [TestCase("tcp:h:1 ,x", "Invalid parameter 'x'")]
    [TestCase("tcp:h:1,host=x", "Invalid parameter 'host'")]
    [TestCase("tcp:h:1,ipv4=maybe", "Parameter 'ipv4' expects 'on' or 'off'")]
    [TestCase("tcp:h:1,ipv4=", "Parameter 'ipv4' expects 'on' or 'off'")]
    [TestCase("tcp:h:1,to=x", "Parameter 'to' expects a number")]
    [TestCase("tcp:h:1,keep-alive-idle=x", "Parameter 'keep-alive-idle' expects a number")]
    [TestCase("tcp:h", "error parsing address 'h'")]
    public void Options_of_addresses_are_checked(string uri, string error) =>
        Assert.That(() => MigrationUri.Parse(uri, Rules), Refused(error));

    [Test]
    public void Options_of_addresses_are_read()
    {
        var address = (MigrationAddress.Socket)MigrationUri.Parse(
            "tcp:h:1,,,ipv4=yes,ipv6=no,numeric,to=5,mptcp=off,keep-alive,keep-alive-count=3", Rules);
        Assert.That(
            ((SocketAddress.Inet)address.Value).Value,
            Is.EqualTo(new InetSocketAddress
            {
                Host = "h", Port = "1,", Ipv4 = true, Ipv6 = false, Numeric = true, To = 5, Mptcp = false, KeepAlive = true,
                KeepAliveCount = 3,
            }));
    }

    [TestCase("x-zero-blocks", true, false)]
    [TestCase("x-ignore-shared", false, true)]
    [TestCase("x-switchover-ack", true, true)]
    public void Properties_preset_capabilities(string property, bool inTen, bool inEleven) =>
        Assert.That(
            (CapabilityTable.OfProperty(property, MigrationRules.Default) is not null, CapabilityTable.OfProperty(property, Rules) is not null),
            Is.EqualTo((inTen, inEleven)));

    [Test]
    public void Tables_are_those_of_the_release()
    {
        Assert.That(CapabilityTable.In(Rules).Count(), Is.EqualTo(21));
        Assert.That(CapabilityTable.In(MigrationRules.Default).Count(), Is.EqualTo(22));
        Assert.That(
            ParameterTable.In(Rules).Except(ParameterTable.In(MigrationRules.Default)).Select(p => p.Name),
            Is.EqualTo(new[] { "x-rdma-chunk-size", "cpr-exec-command" }));
    }

    private static NUnit.Framework.Constraints.Constraint Refused(string error) =>
        Throws.TypeOf<MigrationException>().With.Message.EqualTo(error);
}
