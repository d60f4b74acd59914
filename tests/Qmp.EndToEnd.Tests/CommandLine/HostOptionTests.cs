using Qmp.Emulator.Options;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary>Options about the host: what launchers pass is taken, and what is not done is said.</summary>
[TestFixture]
internal sealed class HostOptionTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    // A domain of libvirt, and what other launchers have besides.
    [TestCase("-overcommit", "mem-lock=off")]
    [TestCase("-audiodev", "{\"id\":\"audio1\",\"driver\":\"none\"}")]
    [TestCase("-audiodev", "pa,id=a,out.frequency=44100,server=/x")]
    [TestCase("-watchdog-action", "reset")]
    [TestCase("-smbios", "type=1,manufacturer=a,product=b")]
    [TestCase("-fw_cfg", "name=opt/a,string=b")]
    [TestCase("-icount", "auto")]
    [TestCase("-L", "/usr/share")]
    [TestCase("-vnc", "none")]
    [TestCase("-boot", "strict=on")]
    [TestCase("-rtc", "base=utc,driftfix=slew")]
    public void It_is_taken_in_silence(string option, string argument)
    {
        var warnings = new List<string>();
        CommandLineParser.Parse(["-M", "pc", option, argument], warnings.Add);
        Assert.That(warnings, Is.Empty);
    }

    [TestCase("-sandbox", "on,obsolete=deny", "warning: system calls are not restricted here")]
    public void What_is_not_done_is_said(string option, string argument, string warning)
    {
        var warnings = new List<string>();
        CommandLineParser.Parse(["-M", "none", option, argument], warnings.Add);
        Assert.That(warnings, Is.EqualTo((string[])[$"{option} {argument}: {warning}"]));
    }

    [TestCase("none", "The -kernel parameter is not supported (use the generic 'loader' device instead).", "-kernel", "/nonexistent")]
    [TestCase("pc", "could not open kernel file '/nonexistent': No such file or directory", "-kernel", "/nonexistent")]
    [TestCase("pc", "-initrd only allowed with -kernel option", "-initrd", "/nonexistent")]
    [TestCase("pc", "-append only allowed with -kernel option", "-append", "quiet")]
    [TestCase("pc", "qemu: could not load PC BIOS '/nonexistent'", "-bios", "/nonexistent")]
    [TestCase("none", "-nographic cannot be used with -daemonize", "-nographic", "-daemonize")]
    public void What_cannot_be_is_told(string machine, string message, params string[] words) => Assert.That(
        () => CommandLineParser.Parse(["-M", machine, .. words]),
        Throws.TypeOf<CommandLineException>().With.Message.EqualTo(message));

    [Test]
    public void A_file_has_options_as_groups()
    {
        EmulatorOptions options = Read("""
            # A machine
            [machine]
              type = "none"

            [memory]
              size = "96M"

            [chardev "c"]
              backend = "socket"
              path = "/tmp/a,b"
              server = "on"
              wait = "off"

            [mon "m"]
              chardev = "c"
              mode = "control"
            """);
        Assert.That((options.MachineType, options.MemorySize), Is.EqualTo(("none", 96ul << 20)));
        Assert.That(options.Monitors, Is.EqualTo((MonitorSpec[])[new("m", "c", false)]));
        var socket = (ChardevBackend.Socket)options.Chardevs.Single().Value.Backend;
        Assert.That(((SocketAddressLegacy.Unix)socket.Value.Data.Addr).Value.Data.Path, Is.EqualTo("/tmp/a,b"));
    }

    [TestCase("foo", "no group defined")]
    [TestCase("a = \"b\"", "no group defined")]
    [TestCase("[foo \"x\"]", "There is no option group 'foo'")]
    [TestCase("[memory]\n  foo = \"64M\"", "Invalid parameter 'foo'")]
    public void A_wrong_file_is_refused(string text, string message) => Assert.That(
        () => Read(text),
        Throws.TypeOf<CommandLineException>().With.Message.EqualTo($"-readconfig {_folder.File("config")}: {message}"));

    private EmulatorOptions Read(string text)
    {
        File.WriteAllText(_folder.File("config"), text);
        return CommandLineParser.Parse(["-readconfig", _folder.File("config")]);
    }
}
