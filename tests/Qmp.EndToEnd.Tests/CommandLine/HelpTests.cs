using System.Text.RegularExpressions;
using Qmp.Emulator.Logging;
using Qmp.Emulator.Options;
using Qmp.Emulator.Versions;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary><c>help</c> as a value lists what could be there. It never starts a machine.</summary>
[TestFixture]
internal sealed partial class HelpTests
{
    [TestCase("-device", "help", "name \"x-vfio\"")]
    [TestCase("-device", "?", "name \"loader\", desc \"Generic Loader\"")]
    [TestCase("-device", "x-vfio,help", "x-vfio options:\n  ack=<VfioAckPolicy>    - auto/manual/never (default: auto)\n")]
    [TestCase("-device", "driver=x-workload,help", "  rate=<size>            -  (default: 0)\n")]
    [TestCase("-device", "x-workload,help", "  reads=<bool>           - on/off (default: on)\n")]
    [TestCase("-device", "loader,help", """
        loader options:
          addr=<uint64>          -  (default: 0)
          cpu-num=<uint32>       -  (default: 4294967295)
          data-be=<bool>         - on/off (default: off)
          data-len=<uint8>       -  (default: 0)
          data=<uint64>          -  (default: 0)
          file=<str>
          force-raw=<bool>       - on/off (default: off)

        """)]
    [TestCase("-device", "virtio-net-pci,help", "  ebpf-rss-fds=<list>    -  (default: [])\n")]
    [TestCase("-device", "virtio-iommu-pci,help", "  reserved-regions=<list> -  (default: [])\n")]
    [TestCase("-device", "rocker,help", "  ports=<list>           -  (default: [])\n")]
    [TestCase("-netdev", "help", "Available netdev backend types:\nsocket\nstream\ndgram\nhubport\ntap\nuser\nl2tpv3\nvde\nbridge\nvhost-user\nvhost-vdpa\n")]
    [TestCase("-netdev", "?", "Available netdev backend types:\nsocket\n")]
    [TestCase("-netdev", "help,id=net0", "Available netdev backend types:\nsocket\n")]
    [TestCase("-netdev", "id=net0,type=help", "Available netdev backend types:\nsocket\n")]
    [TestCase("-nic", "type=?", "vhost-vdpa\n\nAvailable NIC models (use -nic model=help for a filtered list):\ne1000\ne1000-82544gc\n")]
    [TestCase("-object", "help", "  iothread\n  memory-backend-file\n")]
    [TestCase("-object", "memory-backend-file,help", "memory-backend-file options:\n")]
    [TestCase("-object", "memory-backend-file,id=x,help", "  mem-path=<str>\n")]
    [TestCase("-M", "help", "pc-i440fx-10.0       Standard PC (i440FX + PIIX, 1996) (default)\n")]
    [TestCase("-machine", "none,help", "none-machine options:\n  append=<string>\n  aux-ram-share=<bool>\n  boot=<BootConfiguration>\n")]
    [TestCase("-machine", "nosuch,help", "Supported machines are:\n")]
    [TestCase("-cpu", "help", "  qemu64-v1             QEMU Virtual CPU version 2.5+\n")]
    [TestCase("-cpu", "?", "Available CPUs:\n")]
    [TestCase("-accel", "help", "Accelerators supported in QEMU binary:\ntcg\n")]
    [TestCase("-chardev", "help", "Available chardev backend types: \n")]
    [TestCase("-trace", "help", "migration_set_state\n")]
    [TestCase("-d", "trace:help", "migration_set_state\n")]
    [TestCase("-smp", "help", "smp-opts options:\n  books=<num>\n")]
    [TestCase("-boot", "help", "  menu=<bool (on/off)>\n")]
    [TestCase("-vga", "help", "none                 no graphic card\n")]
    [TestCase("-nic", "help", "Available netdev backend types:\n")]
    [TestCase("-audio", "help", "Available audio drivers:\nnone\n")]
    [TestCase("-d", "help", "Log items (comma separated):\n", 1)]
    [TestCase("-d", "nosuch", "Log items (comma separated):\n", 1)]
    [TestCase("-action", "help", "action options:\n  panic=<str>\n", 1)]
    [TestCase("-add-fd", "help", "add-fd options:\n", 1)]
    [TestCase("-msg", "help", "msg options:\n", 1)]
    [TestCase("-rtc", "help", "rtc options:\n  base=<str>\n", 1)]
    [TestCase("-overcommit", "help", "overcommit options:\n", 1)]
    [TestCase("-global", "help", "global options:\n", 1)]
    [TestCase("-chardev", "socket,help", "chardev options:\n", 1)]
    public void Help_is_a_list(string option, string argument, string contained, int status = 0)
    {
        Printout? printout = CommandLineParser.Parse([option, argument]).Printout;
        Assert.That(printout, Is.Not.Null);
        Assert.That(printout!.Text, Does.Contain(contained));
        Assert.That(printout.Status, Is.EqualTo(status));
    }

    [TestCase("-device", "nosuch,help", "-device nosuch,help: Device 'nosuch' not found")]
    [TestCase("-object", "nosuch,help", "-object nosuch,help: Parameter 'qom-type' does not accept value 'nosuch'")]
    [TestCase("-cpu", "qemu64,help", "apic-id property was not initialized properly", "-M", "none")]
    [TestCase("-net", "help", "-net help: Parameter 'type' does not accept value 'help'")]
    [TestCase("-mon", "help", "-mon help: chardev \"help\" not found")]
    [TestCase("-qmp", "help", "-qmp help: 'help' is not a valid char driver")]
    public void Help_on_what_is_not_there_is_refused(string option, string argument, string message, params string[] more) =>
        Assert.That(
            () => CommandLineParser.Parse([.. more, option, argument]),
            Throws.TypeOf<CommandLineException>().With.Message.EqualTo(message));

    [TestCase("10.0")]
    [TestCase("11.1")]
    public void Every_device_lists_its_properties(string name)
    {
        QemuVersion version = QemuVersion.Find(name)!;
        string[] devices = [.. version.Recorded.Types.All.Where(t => !t.IsAbstract && t.Is("device")).Select(t => t.Name)];
        Assert.That(devices, Has.Length.GreaterThan(400));
        Assert.Multiple(() =>
        {
            foreach (string device in devices)
            {
                Assert.That(
                    () => CommandLineParser.Parse(["-device", $"{device},help"], version: version).Printout?.Text.Split('\n')[0],
                    Is.EqualTo($"{device} options:").Or.EqualTo($"There are no options for {device}."), device);
            }
        });
    }

    // What ganeti and avocado-vt look for to know what an emulator can.
    [TestCase("qmp")]
    [TestCase("uuid")]
    [TestCase("display")]
    [TestCase("machine")]
    public void Options_stand_at_the_beginning_of_a_line(string option)
    {
        string help = CommandLineParser.Parse(["-help"]).Printout!.Text;
        Assert.That(help.Split('\n'), Has.Some.Match($@"^-{option}\s"));
    }

    [TestCase("-trace", "nosuch", "-trace nosuch: warning: trace event 'nosuch' does not exist")]
    [TestCase("-trace", "foo*", "-trace foo*: warning: no trace event matches 'foo*'")]
    [TestCase("-d", "trace:migration_*,trace:foo*", "-d trace:migration_*,trace:foo*: warning: no trace event matches 'foo*'")]
    public void A_pattern_that_matches_no_event_is_told(string option, string argument, string warning)
    {
        var warnings = new List<string>();
        CommandLineParser.Parse([option, argument], warnings.Add);
        Assert.That(warnings, Is.EqualTo((string[])[warning]));
    }

    [Test]
    public void The_list_of_trace_events_is_that_of_the_code()
    {
        IEnumerable<string> logged =
            from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            from Match call in TracePattern().Matches(File.ReadAllText(file))
            select call.Groups["name"].Value;
        string[] clients = ["Connected", "Disconnected", "Dropped", "return"];
        Assert.That(logged.Except(clients).Distinct().Order(StringComparer.Ordinal), Is.EqualTo(TraceEvents.Names));
    }

    [GeneratedRegex(@"(ogger\.(Debug|Information)|_warnings\.Warning)\(\s*""(?<name>\w+)")]
    private static partial Regex TracePattern();
}
