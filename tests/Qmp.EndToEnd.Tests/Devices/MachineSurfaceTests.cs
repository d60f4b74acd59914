using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Devices;

/// <summary>What a machine has by itself, and what is plugged into it: the same with QEMU.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class MachineSurfaceTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        using FileStream image = File.Create(_folder.File("image"));
        image.SetLength(1440 << 10);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase("-M pc", "ide1-cd0 /machine/unattached/device[4] closed, floppy0 /machine/unattached/device[14]")]
    [TestCase("-M q35", "ide2-cd0 /machine/unattached/device[15] closed")]
    [TestCase("-M none", "")]
    [TestCase("-M pc -nodefaults", "")]
    [TestCase("-M pc -drive file=FILE,format=raw", "ide0-hd0 /machine/unattached/device[4] #block1, ide1-cd0 /machine/unattached/device[5] closed, floppy0 /machine/unattached/device[15]")]
    [TestCase("-M pc -nodefaults -cdrom FILE", "ide1-cd0 /machine/unattached/device[4] #block1 closed")]
    [TestCase("-M pc -fda FILE", "floppy0 /machine/unattached/device[14] #block1, ide1-cd0 /machine/unattached/device[4] closed")]
    [TestCase("-M pc -nodefaults -drive file=FILE,format=raw,if=virtio", "virtio0 /machine/peripheral-anon/device[0]/virtio-backend #block1")]
    [TestCase("-M none -drive file=FILE,format=raw", "none0  #block1")]
    [TestCase("-M pc -nodefaults -drive file=FILE,format=raw,if=none,id=d -device ide-hd,drive=d,id=h", "d h #block1")]
    public async Task Disks_have_the_names_of_QEMU(string words, string expected)
    {
        foreach (EmulatorKind kind in Enum.GetValues<EmulatorKind>())
        {
            await using StdioMonitor vm = await StdioMonitor.StartAsync(kind, ["-S", .. words.Replace("FILE", _folder.File("image"), StringComparison.Ordinal).Split(' ')]);
            JToken disks = await vm.AskAsync("query-block");
            Assert.That(string.Join(", ", disks.Select(Describe)), Is.EqualTo(expected), kind.ToString());
        }
    }

    [Test]
    public async Task Ports_have_the_names_of_QEMU([Values] EmulatorKind kind)
    {
        await using StdioMonitor vm = await StdioMonitor.StartAsync(kind, "-S", "-M", "pc");
        JToken chardevs = await vm.AskAsync("query-chardev");
        Assert.That(chardevs.Select(c => (string?)c["label"]).Where(l => l != "mon" && l != "compat_monitor0"), Is.EquivalentTo((string[])["serial0", "parallel0"]));
    }

    [Test]
    public async Task Devices_on_PCI_are_those_of_QEMU([Values("pc", "q35")] string machine)
    {
        Requirement.Check(EmulatorKind.Qemu);
        string[] words = ["-S", "-M", machine, "-device", "pci-bridge,chassis_nr=1,id=b,addr=7", "-device", "virtio-net-pci,id=n,addr=8"];
        await using StdioMonitor qemu = await StdioMonitor.StartAsync(EmulatorKind.Qemu, words);
        await using StdioMonitor qmpd = await StdioMonitor.StartAsync(EmulatorKind.Qmpd, words);
        JToken expected = await qemu.AskAsync("query-pci");
        JToken actual = await qmpd.AskAsync("query-pci");
        Assert.That(JToken.DeepEquals(actual, expected), Is.True, () => actual.ToString());
    }

    [Test]
    public async Task Processors_are_plugged_in([Values] EmulatorKind kind)
    {
        await using StdioMonitor vm = await StdioMonitor.StartAsync(kind, "-S", "-M", "pc", "-smp", "1,maxcpus=4,sockets=2,cores=2,threads=1");
        (string Arguments, string Refusal)[] cases =
        [
            ("{}", "CPU socket-id is not set"),
            ("{'socket-id': 0}", "CPU core-id is not set"),
            ("{'socket-id': 0, 'core-id': 0, 'thread-id': 0}", "CPU[0] with APIC ID 0 exists"),
            ("{'socket-id': 5, 'core-id': 0, 'thread-id': 0}", "Invalid CPU socket-id: 5 must be in range 0:1"),
            ("{'socket-id': 0, 'core-id': 7, 'thread-id': 0}", "Invalid CPU core-id: 7 must be in range 0:1"),
        ];
        foreach ((string arguments, string refusal) in cases)
        {
            Assert.That(await vm.RefusalAsync("device_add", Processor(arguments)), Is.EqualTo(refusal), arguments);
        }

        await vm.AskAsync("device_add", Processor("{'socket-id': 1, 'core-id': 0, 'thread-id': 0}"));
        JToken processors = await vm.AskAsync("query-cpus-fast");
        Assert.That(
            processors.Select(p => ((int)p["cpu-index"]!, (string?)p["qom-path"])),
            Is.EqualTo(((int, string?)[])[(0, "/machine/unattached/device[0]"), (2, "/machine/peripheral/c")]));
        JToken places = await vm.AskAsync("query-hotpluggable-cpus");
        Assert.That(places.Select(p => p["qom-path"] is not null), Is.EqualTo((bool[])[false, true, false, true]));
        Assert.That(
            await vm.RefusalAsync("device_del", new JObject { ["id"] = "/machine/unattached/device[0]" }), Is.EqualTo("Boot CPU is unpluggable"));
    }

    [Test]
    public async Task Memory_is_plugged_in([Values] EmulatorKind kind)
    {
        await using StdioMonitor vm = await StdioMonitor.StartAsync(kind, "-S", "-M", "pc", "-m", "128,slots=4,maxmem=1G");
        foreach ((string id, long size) in ((string, long)[])[("m1", 64 << 20), ("m2", (64 << 20) + 4096), ("m3", 2L << 30)])
        {
            await vm.AskAsync("object-add", new JObject { ["qom-type"] = "memory-backend-ram", ["id"] = id, ["size"] = size });
        }

        await vm.AskAsync("device_add", Dimm("d1", "m1"));
        Assert.That(await vm.RefusalAsync("device_add", Dimm("d2", "m1")), Is.EqualTo("can't use already busy memdev: m1"));
        Assert.That(await vm.RefusalAsync("device_add", Dimm("d2", "m2")), Is.EqualTo("backend memory size must be multiple of 0x200000"));
        Assert.That(
            await vm.RefusalAsync("device_add", Dimm("d2", "m3")),
            Is.EqualTo("not enough space, currently 0x4000000 in use of total space for memory devices 0x38000000"));
        Assert.That(await vm.RefusalAsync("device_add", Dimm("d2", "m3", 9)), Is.EqualTo("invalid slot number 9, valid range is [0-3]"));
        JToken plugged = await vm.AskAsync("query-memory-devices");
        Assert.That(JToken.DeepEquals(plugged, JToken.Parse("""
            [{"type": "dimm", "data": {"memdev": "/objects/m1", "hotplugged": true, "addr": 4294967296, "hotpluggable": true,
              "size": 67108864, "slot": 0, "node": 0, "id": "d1"}}]
            """)), Is.True, () => plugged.ToString());
        JToken sizes = await vm.AskAsync("query-memory-size-summary");
        Assert.That(((long)sizes["base-memory"]!, (long)sizes["plugged-memory"]!), Is.EqualTo((128L << 20, 64L << 20)));
        Assert.That(
            await vm.RefusalAsync("object-del", new JObject { ["id"] = "m1" }), Is.EqualTo("object 'm1' is in use, can not be deleted"));
        JToken slots = await vm.AskAsync("query-acpi-ospm-status");
        Assert.That(slots.Select(s => (string?)s["device"]), Is.EqualTo((string?[])["d1", null, null, null]));
    }

    [Test]
    public async Task Machine_waits_to_be_made([Values] EmulatorKind kind)
    {
        await using StdioMonitor vm = await StdioMonitor.StartAsync(kind, "-M", "none", "--preconfig");
        Assert.That((string?)(await vm.AskAsync("query-status"))["status"], Is.EqualTo("prelaunch"));
        Assert.That(
            await vm.RefusalAsync("query-cpus-fast"), Is.EqualTo("The command 'query-cpus-fast' is permitted only after machine initialization has completed"));
        await vm.AskAsync("x-exit-preconfig");
        Assert.That((string?)(await vm.AskAsync("query-status"))["status"], Is.EqualTo("running"));
        Assert.That(
            await vm.RefusalAsync("x-exit-preconfig"), Is.EqualTo("The command is permitted only before machine initialization"));
    }

    [TestCase("qom-list", true)]
    [TestCase("object-add", true)]
    [TestCase("blockdev-add", true)]
    [TestCase("netdev_add", true)]
    [TestCase("query-memdev", true)]
    [TestCase("query-iothreads", true)]
    [TestCase("query-named-block-nodes", true)]
    [TestCase("query-command-line-options", true)]
    [TestCase("device_add", false)]
    [TestCase("query-cpus-fast", false)]
    [TestCase("query-machines", false)]
    public async Task Before_the_machine_is_made_some_commands_are_permitted(string command, bool isPermitted)
    {
        foreach (EmulatorKind kind in Enum.GetValues<EmulatorKind>())
        {
            await using StdioMonitor vm = await StdioMonitor.StartAsync(kind, "-M", "pc", "--preconfig");
            string? refusal = await vm.RefusalAsync(command, new JObject { ["no-such"] = 1 });
            Assert.That(refusal?.Contains("permitted only after", StringComparison.Ordinal), Is.EqualTo(!isPermitted), $"{kind}: {refusal}");
        }
    }

    [Test]
    public async Task Places_for_processors_are_empty_before_the_machine_is_made([Values] EmulatorKind kind)
    {
        await using StdioMonitor vm = await StdioMonitor.StartAsync(kind, "-M", "pc", "--preconfig", "-S", "-smp", "1,maxcpus=2");
        JToken before = await vm.AskAsync("query-hotpluggable-cpus");
        Assert.That(before.Select(p => p["qom-path"]), Is.EqualTo((JToken?[])[null, null]));
        Assert.That(await vm.AskAsync("query-memdev"), Is.Empty);
        await vm.AskAsync("x-exit-preconfig");
        JToken after = await vm.AskAsync("query-hotpluggable-cpus");
        Assert.That(after.Select(p => (string?)p["qom-path"]), Is.EqualTo((string?[])[null, "/machine/unattached/device[0]"]));
        Assert.That((await vm.AskAsync("query-memdev")).Select(m => (string?)m["id"]), Is.EqualTo((string[])["pc.ram"]));
    }

    [TestCase("drive_add 0 if=none,id=x,file=FILE,format=raw", "OK\r\n")]
    [TestCase("drive_add 0 if=ide,file=FILE", "Can't hot-add drive to type 1\r\n")]
    [TestCase("change ide1-cd0 FILE raw", "")]
    [TestCase("eject floppy0", "")]
    [TestCase("block_resize ide1-cd0 3", "Error: Device 'ide1-cd0' has no medium\r\n")]
    [TestCase("object_add memory-backend-ram,size=1M,id=o", "")]
    [TestCase("device_add virtio-rng-pci,id=r", "")]
    [TestCase("device_add nope", "Error: 'nope' is not a valid device model name\r\n")]
    [TestCase("netdev_del n", "Error: Device 'n' not found\r\n")]
    [TestCase("nmi", "")]
    [TestCase("system_wakeup", "Error: Unable to wake up: guest is not in suspended state\r\n")]
    public async Task Lines_of_the_human_monitor_do_the_same(string line, string expected)
    {
        foreach (EmulatorKind kind in Enum.GetValues<EmulatorKind>())
        {
            await using StdioMonitor vm = await StdioMonitor.StartAsync(kind, "-S", "-M", "pc");
            JToken printed = await vm.AskAsync(
                "human-monitor-command", new JObject { ["command-line"] = line.Replace("FILE", _folder.File("image"), StringComparison.Ordinal) });
            Assert.That((string?)printed, Is.EqualTo(expected), kind.ToString());
        }
    }

    private static JObject Processor(string arguments)
    {
        JObject processor = JObject.Parse(arguments);
        processor["driver"] = "qemu64-x86_64-cpu";
        processor["id"] = "c";
        return processor;
    }

    private static JObject Dimm(string id, string memory, int? slot = null)
    {
        var device = new JObject { ["driver"] = "pc-dimm", ["id"] = id, ["memdev"] = memory };
        if (slot is not null) device["slot"] = slot;
        return device;
    }

    private static string Describe(JToken disk)
    {
        string node = disk["inserted"] is { } medium ? $" {((string)medium["node-name"]!)[..7]}" : "";
        string tray = disk["tray_open"] is { } open ? (bool)open ? " open" : " closed" : "";
        return $"{disk["device"]} {disk["qdev"]}{node}{tray}";
    }
}
