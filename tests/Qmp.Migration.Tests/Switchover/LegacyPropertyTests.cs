using Qmp.Emulator.Hosting;
using Qmp.Emulator.Options;
using Qmp.Migration.Rules;
using Serilog.Core;

namespace Qmp.Migration.Tests.Switchover;

/// <summary>The property that says who counts the acks, <c>switchover-ack-legacy</c>.</summary>
[TestFixture]
internal sealed class LegacyPropertyTests
{
    private const string Property = "migration.switchover-ack-legacy=";

    [TestCase("10.0", "none", null, SwitchoverAckMode.One)]
    [TestCase("10.0", "pc-q35-10.0", null, SwitchoverAckMode.One)]
    [TestCase("11.1", "none", null, SwitchoverAckMode.Each)]
    [TestCase("11.1", "pc-q35-10.0", null, SwitchoverAckMode.OneCounted)]
    [TestCase("11.1", "pc-i440fx-9.2", null, SwitchoverAckMode.OneCounted)]
    [TestCase("11.1", "none", "on", SwitchoverAckMode.OneCounted)]
    [TestCase("11.1", "pc-q35-10.0", "off", SwitchoverAckMode.Each)]
    public async Task Machine_and_property_say_who_counts(string release, string machine, string? property, SwitchoverAckMode mode)
    {
        string[] words = property is null ? [] : ["-global", Property + property];
        await using EmulatorInstance emulator = Create(["-x-qemu-version", release, "-M", machine, .. words]);
        Assert.That(emulator.Migration.Options.AckMode, Is.EqualTo(mode));
    }

    [TestCase("10.0", "switchover-ack-legacy=on", "Property 'migration.switchover-ack-legacy' not found")]
    [TestCase("11.1", "switchover-ack-legacy=maybe", "Parameter 'switchover-ack-legacy' expects 'on' or 'off'")]
    [TestCase("11.1", "x-zero-blocks=on", "Property 'migration.x-zero-blocks' not found")]
    [TestCase("10.0", "x-ignore-shared=on", "Property 'migration.x-ignore-shared' not found")]
    [TestCase("10.0", "x-rdma-chunk-size=1048576", "Property 'migration.x-rdma-chunk-size' not found")]
    [TestCase("11.1", "x-rdma-chunk-size=1M", "Parameter 'x-rdma-chunk-size' expects uint64")]
    [TestCase("11.1", "cpr-exec-command=a", "Property 'migration.cpr-exec-command' not found")]
    public void What_a_release_does_not_have_is_refused(string release, string property, string error) =>
        Assert.That(
            () => Create("-x-qemu-version", release, "-M", "none", "-global", $"migration.{property}"),
            Throws.TypeOf<CommandLineException>().With.Message.EqualTo($"can't apply global migration.{property}: {error}"));

    private static EmulatorInstance Create(params string[] words) => new(
        CommandLineParser.Parse(["-nodefaults", "-display", "none", "-m", "16M", "-S", .. words]),
        EmulatorPorts.Real(TimeProvider.System, Logger.None, _ => { }));
}
