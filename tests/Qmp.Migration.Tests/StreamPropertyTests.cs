using Qmp.Emulator.Hosting;
using Qmp.Emulator.Options;
using Qmp.Migration.Options;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Migration.Tests;

/// <summary>Details of the stream that old machine types have their own way.</summary>
[TestFixture]
internal sealed class StreamPropertyTests
{
    [TestCase("none", true, ZeroPageDetection.Multifd)]
    [TestCase("pc-q35-10.0", true, ZeroPageDetection.Multifd)]
    [TestCase("pc-q35-9.2", false, ZeroPageDetection.Multifd)]
    [TestCase("pc-i440fx-9.0", false, ZeroPageDetection.Multifd)]
    [TestCase("pc-i440fx-8.2", false, ZeroPageDetection.Legacy)]
    public async Task Machine_says_what_older_ones_understand(string machine, bool start, ZeroPageDetection detection)
    {
        await using EmulatorInstance emulator = Create("-M", machine);
        MigrationOptions options = emulator.Migration.Options;
        Assert.That((options.SendsSwitchoverStart, options.Parameters.ZeroPageDetection), Is.EqualTo((start, (ZeroPageDetection?)detection)));
    }

    [Test]
    public async Task Properties_come_after_the_machine()
    {
        await using EmulatorInstance emulator = Create(
            "-M", "pc-i440fx-8.2",
            "-global", "migration.send-switchover-start=on", "-global", "migration.zero-page-detection=none");
        MigrationOptions options = emulator.Migration.Options;
        Assert.That((options.SendsSwitchoverStart, options.Parameters.ZeroPageDetection), Is.EqualTo((true, (ZeroPageDetection?)ZeroPageDetection.None)));
    }

    [TestCase("none", null, false)]
    [TestCase("pc", null, false)]
    [TestCase("pc-q35-8.1", null, false)]
    [TestCase("pc-q35-8.0", null, true)]
    [TestCase("pc-i440fx-7.2", null, true)]
    [TestCase("none", "on", true)]
    [TestCase("pc-i440fx-7.2", "off", false)]
    public async Task Machine_and_property_say_when_channels_sync(string machine, string? property, bool expected)
    {
        string[] words = property is null ? [] : ["-global", $"migration.multifd-flush-after-each-section={property}"];
        await using EmulatorInstance emulator = Create(["-M", machine, .. words]);
        Assert.That(emulator.Migration.Options.SyncsSections, Is.EqualTo(expected));
    }

    private static EmulatorInstance Create(params string[] words) => new(
        CommandLineParser.Parse(["-nodefaults", "-display", "none", "-m", "16M", "-S", .. words]),
        EmulatorPorts.Real(TimeProvider.System, Logger.None, _ => { }));
}
