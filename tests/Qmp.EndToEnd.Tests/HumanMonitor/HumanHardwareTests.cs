using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.HumanMonitor;

/// <summary>What the human monitor tells of devices, memory and networks, and the commands that change them.</summary>
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu, Category = "Slow")]
[Parallelizable]
internal sealed partial class HumanHardwareTests(EmulatorKind kind)
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        Requirement.Check(kind);
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void TearDown() => _folder?.Dispose();

    [Test]
    public Task Networks_are_listed() => CheckAsync(
        ["-M", "pc", "-S", "-netdev", "user,id=n0", "-device", "virtio-net-pci,netdev=n0,id=v0", "-device", "e1000,mac=52:54:00:12:34:57"],
        ("info network", "v0: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:56\n \\ n0: index=0,type=user,net=10.0.2.0,restrict=off\n"
            + "e1000.0: index=0,type=nic,model=e1000,macaddr=52:54:00:12:34:57\n"),
        ("set_link e1000.0 off", ""),
        ("set_link zz off", "Error: Device 'zz' not found\n"),
        ("netdev_add user,id=n1,net=172.20.3.4,restrict=on", ""),
        ("netdev_add user,id=n1", "Try \"help netdev_add\" for more information\n"),
        ("netdev_add", "Error: Parameter 'id' is missing\n"),
        ("netdev_add help", "Available netdev backend types:\nsocket\nstream\ndgram\nhubport\ntap\nuser\nl2tpv3\nvde\nbridge\nvhost-user\nvhost-vdpa\n"),
        ("device_add isa-debug-exit,help", "isa-debug-exit options:\n  iobase=<uint32>        -  (default: 1281)\n  iosize=<uint32>        -  (default: 2)\n"),
        ("device_add nosuch,help", "Device 'nosuch' not found\n"),
        ("netdev_add user,id=n5,foo=1", "Error: Invalid parameter 'foo'\n"),
        ("device_add", "Error: Parameter 'driver' is missing\n"),
        ("eject", "eject: block device name expected\nTry \"help eject\" for more information\n"),
        ("netdev_add user,id=n2,net=10.0.0.0/99", "Error: Invalid netmask provided (must be in range 4-32)\n"),
        ("netdev_add user,id=n2,net=10.5.6.7/255.255.0.0", ""),
        ("netdev_add hubport,id=h1,hubid=3,netdev=n2", ""),
        ("netdev_add hubport,id=h2,hubid=3,netdev=zz", "Error: netdev 'zz' not found\n"),
        ("netdev_add hubport,id=h2,hubid=3", ""),
        ("netdev_add hubport,id=h3,hubid=1", ""),
        ("device_add rtl8139,id=r,netdev=n2", "Error: Property 'rtl8139.netdev' can't take value 'n2', it's in use\n"),
        ("device_add rtl8139,id=r,netdev=h2", ""),
        ("device_add virtio-net-pci", ""),
        ("info network", "hub 1\n \\ h3\nhub 3\n \\ h2: r: index=0,type=nic,model=rtl8139,macaddr=52:54:00:12:34:58\n"
            + " \\ h1: n2: index=0,type=user,net=10.5.0.0,restrict=off\n"
            + "v0: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:56\n \\ n0: index=0,type=user,net=10.0.2.0,restrict=off\n"
            + "e1000.0: index=0,type=nic,model=e1000,macaddr=52:54:00:12:34:57\n"
            + "n1: index=0,type=user,net=172.16.0.0,restrict=on\n"
            + "virtio-net-pci.1: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:59\n"),
        ("netdev_del n0", ""),
        ("netdev_del n0", "Error: Device 'n0' not found\n"),
        ("set_link n0 off", "Error: Device 'n0' not found\n"),
        ("netdev_add user,id=n0", ""),
        ("info network", "hub 1\n \\ h3\nhub 3\n \\ h2: r: index=0,type=nic,model=rtl8139,macaddr=52:54:00:12:34:58\n"
            + " \\ h1: n2: index=0,type=user,net=10.5.0.0,restrict=off\n"
            + "v0: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:56\n \\ n0: index=0,type=user,net=10.0.2.0,restrict=off\n"
            + "e1000.0: index=0,type=nic,model=e1000,macaddr=52:54:00:12:34:57\n"
            + "n1: index=0,type=user,net=172.16.0.0,restrict=on\n"
            + "virtio-net-pci.1: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:59\n"
            + "n0: index=0,type=user,net=10.0.2.0,restrict=off\n"),
        ("qom-get /machine/peripheral/r mac", "\"52:54:00:12:34:58\"\n"),
        ("qom-get /machine/peripheral/v0/virtio-backend mac", "\"52:54:00:12:34:56\"\n"),
        ("qom-get /machine/peripheral/v0/virtio-backend netdev", "\"n0\"\n"));

    [Test]
    public Task Memory_and_objects_change() => CheckAsync(
        ["-M", "pc", "-S", "-object", "iothread,id=io", "-device", "virtio-balloon-pci,id=b", "-chardev", "ringbuf,id=r"],
        ($"memsave 0 16 \"{_folder.File("virtual")}\"", ""),
        ($"pmemsave 0x1000 16 \"{_folder.File("physical")}\"", ""),
        ("pmemsave 0 16 \"/nonexistent/x\"", "Error: Could not open '/nonexistent/x': No such file or directory\n"),
        ("pmemsave zz", "invalid char 'z' in expression\nTry \"help pmemsave\" for more information\n"),
        ("memsave 0x100000000 16 \"c\"", "Error: Invalid addr 0x0000000100000000/size 16 specified\n"),
        ("balloon 100", ""),
        ("balloon 0", "Error: Parameter 'value' expects a size\n"),
        ("balloon -5", "enter a positive value\nTry \"help balloon\" for more information\n"),
        ("info balloon", "balloon: actual=64\n"),
        ("chardev-change r null,id=r", "Duplicate ID 'r' for chardev\nError: Parsing chardev args failed\n"),
        ("chardev-change r null,id=q", "Error: Unexpected 'id' parameter\n"),
        ("chardev-change zz null", "Error: Chardev 'zz' does not exist\n"),
        ("chardev-change r foo", "Error: 'foo' is not a valid char driver name\n"),
        ("chardev-change r null", ""),
        ("chardev-remove r", ""),
        ("qom-list", "/\n"),
        ("qom-list /nope", "Error: Device '/nope' not found\n"),
        ("qom-list /machine/peripheral", "type (string)\nb (child<virtio-balloon-pci>)\n"),
        ("qom-get /machine/smp", "qom-get: string expected\nTry \"help qom-get\" for more information\n"),
        ("qom-get /machine nope", "Error: Property 'pc-i440fx-10.0-machine.nope' not found\n"),
        ("qom-set /machine type x", "Error: Property 'pc-i440fx-10.0-machine.type' is not writable\n"),
        ("qom-set /objects/io poll-max-ns 7", ""),
        ("qom-get /objects/io poll-max-ns", "7\n"),
        ("qom-set /objects/io poll-max-ns zz", "Error: Parameter 'poll-max-ns' expects int64\n"),
        ("qom-set -j /objects/io poll-max-ns {\"a\":1}", "Error: Invalid parameter type for 'poll-max-ns', expected: integer\n"),
        ("qom-set -j /objects/io poll-max-ns 9", ""),
        ("info iothreads", "io:\n  thread_id=N\n  poll-max-ns=9\n  poll-grow=0\n  poll-shrink=0\n  aio-max-batch=0\n"),
        ("info qom-tree /nope", "Path '/nope' could not be resolved.\n"),
        ("info vm-generation-id", "Error: VM Generation ID device not found\n"),
        ("watchdog_action foo", "Error: invalid parameter value: foo\n"),
        ("watchdog_action pause", ""));

    [Test]
    public Task A_machine_without_devices_says_so() => CheckAsync(
        ["-M", "none", "-S"],
        ("info network", ""),
        ("info pci", ""),
        ("info qtree", "bus: main-system-bus\n  type System\n"),
        ("info qtree -x", "qtree: unsupported option -x\nTry \"help info qtree\" for more information\n"),
        ("info mice", "No mouse devices connected\n"),
        ("info memory-devices", ""),
        ("info numa", "0 nodes\n"),
        ("info balloon", "Error: No balloon device has been activated\n"),
        ("info hotpluggable-cpus", "Error: machine does not support hot-plugging CPUs\n"));

    private async Task CheckAsync(string[] words, params (string Line, string Output)[] lines)
    {
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(kind, "vm", _folder, words);
        foreach ((string line, string output) in lines)
        {
            JToken answer = await emulator.Monitor.ExecuteRawAsync("human-monitor-command", new JObject { ["command-line"] = line });
            string text = Threads().Replace(((string?)answer)!.Replace("\r", "", StringComparison.Ordinal), "thread_id=N");
            Assert.That(text, Is.EqualTo(output), line);
        }
    }

    [GeneratedRegex(@"thread_id=\d+")]
    private static partial Regex Threads();
}
