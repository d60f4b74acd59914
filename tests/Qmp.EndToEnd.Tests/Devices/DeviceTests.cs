using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Devices;

/// <summary>Devices that are listed and do nothing, objects, disks and network backends: the same with QEMU.</summary>
[Category("Slow")]
[TestFixture, Parallelizable]
internal sealed class DeviceTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task Devices_that_cannot_be_plugged_in_are_refused([Values] EmulatorKind kind)
    {
        await using EmulatorProcess vm = await StartAsync(
            kind, "-M", "q35", "-device", "pcie-root-port,id=rp", "-device", "virtio-balloon-pci,id=b");
        (string Arguments, string Refusal)[] cases =
        [
            ("{'driver': 'nope'}", "'nope' is not a valid device model name"),
            ("{'id': 'x'}", "Parameter 'driver' is missing"),
            ("{'driver': 'pci-device'}", "Parameter 'driver' expects a non-abstract device type"),
            ("{'driver': 'q35-pcihost'}", "Parameter 'driver' expects a pluggable device type"),
            ("{'driver': 'virtio-net-pci', 'bus': 'zz'}", "Bus 'zz' not found"),
            ("{'driver': 'virtio-net-pci'}", "Bus 'pcie.0' does not support hotplugging"),
            ("{'driver': 'virtio-net-pci', 'bus': 'ide.0'}", "Device 'virtio-net-pci' can't go on IDE bus"),
            ("{'driver': 'usb-tablet'}", "No 'usb-bus' bus found for device 'usb-tablet'"),
            ("{'driver': 'ide-hd'}", "Bus 'ide.5' does not support hotplugging"),
            ("{'driver': 'loader', 'addr': 1, 'data': 2}", "Device 'loader' can not be hotplugged on this machine"),
            ("{'driver': 'virtio-net-pci', 'bus': 'rp', 'id': 'b'}", "Duplicate device ID 'b'"),
            ("{'driver': 'virtio-net-pci', 'bus': 'rp', 'bogus': 1}", "Property 'virtio-net-pci.bogus' not found"),
            ("{'driver': 'virtio-net-pci', 'bus': 'rp', 'vectors': 'x'}", "Parameter 'vectors' expects uint64"),
            ("{'driver': 'virtio-net-pci', 'bus': 'rp', 'vectors': -1}", "Parameter 'vectors' expects uint32_t"),
            ("{'driver': 'virtio-net-pci', 'bus': 'rp', 'mac': 'x'}", "Property 'virtio-net-device.mac' doesn't take value 'x'"),
            ("{'driver': 'virtio-net-pci', 'bus': 'rp', 'addr': '99'}", "Property 'virtio-net-pci.addr' doesn't take value '99'"),
            ("{'driver': 'virtio-net-pci', 'bus': 'rp', 'netdev': 'x'}", "Property 'virtio-net-device.netdev' can't find value 'x'"),
            ("{'driver': 'virtio-blk-pci', 'bus': 'rp', 'drive': 'x'}", "Property 'virtio-blk-device.drive' can't find value 'x'"),
            ("{'driver': 'virtio-rng-pci', 'bus': 'rp', 'rng': 'x'}", "Device 'x' not found"),
        ];
        Assert.Multiple(async () =>
        {
            foreach ((string arguments, string refusal) in cases)
            {
                Assert.That(await vm.Monitor.RefusalAsync("device_add", JObject.Parse(arguments)), Is.EqualTo(refusal), arguments);
            }
        });
    }

    // No operating system lets the device go, so that only a reset does.
    [Test]
    public async Task Device_that_nobody_lets_go_goes_with_a_reset([Values] EmulatorKind kind)
    {
        await using EmulatorProcess vm = await StartAsync(kind, "-M", "pc");
        await vm.Monitor.ExecuteRawAsync("device_add", JObject.Parse("{'driver': 'virtio-net-pci', 'id': 'n'}"));
        await vm.Monitor.ExecuteRawAsync("device_del", JObject.Parse("{'id': 'n'}"));
        Assert.That(
            await vm.Monitor.RefusalAsync("device_del", JObject.Parse("{'id': 'n'}")),
            Is.EqualTo("Device n is already in the process of unplug"));
        Assert.That(await ChildrenAsync(vm, "/machine/peripheral"), Is.EqualTo(new[] { "n" }));
        await vm.Monitor.ExecuteRawAsync("system_reset");
        await WhenAsync(vm, events => events.Count(e => e.Name == "DEVICE_DELETED") == 2);
        Assert.That(
            vm.Events.Seen.Select(e => (e.Name, (string?)e.Data?["path"])),
            Is.EqualTo(new[]
            {
                ("RESET", null), ("DEVICE_DELETED", "/machine/peripheral/n/virtio-backend"), ("DEVICE_DELETED", "/machine/peripheral/n"),
            }));
        Assert.That(await ChildrenAsync(vm, "/machine/peripheral"), Is.Empty);
    }

    [Test]
    public async Task Objects_come_and_go([Values] EmulatorKind kind)
    {
        await using EmulatorProcess vm = await StartAsync(kind, "-object", "iothread,id=io");
        async Task AddAsync(string arguments, string? refusal)
        {
            JObject parsed = JObject.Parse(arguments);
            if (refusal is null) await vm.Monitor.ExecuteRawAsync("object-add", parsed);
            else Assert.That(await vm.Monitor.RefusalAsync("object-add", parsed), Is.EqualTo(refusal), arguments);
        }

        await AddAsync("{'qom-type': 'memory-backend-ram', 'id': 'm', 'size': 1048576}", null);
        await AddAsync("{'qom-type': 'memory-backend-ram', 'id': 'm', 'size': 1048576}", "attempt to add duplicate property 'm' to object (type 'container')");
        await AddAsync("{'qom-type': 'memory-backend-ram', 'id': 'z', 'size': 0}", "property 'size' of memory-backend-ram doesn't take value '0'");
        await AddAsync("{'qom-type': 'rng-random', 'id': 'r', 'filename': '/nope'}", "Could not open '/nope': No such file or directory");
        await AddAsync("{'qom-type': 'rng-random', 'id': '1'}", "Parameter 'id' expects an identifier");
        await AddAsync("{'qom-type': 'pef-guest', 'id': 'g'}", "invalid object type: pef-guest");
        await AddAsync("{'qom-type': 'secret', 'id': 's'}", "Either 'file' or 'data' must be provided");
        Assert.That((long)await vm.Monitor.ExecuteRawAsync("qom-get", JObject.Parse("{'path': '/objects/m', 'property': 'size'}")), Is.EqualTo(1 << 20));
        Assert.That(await ChildrenAsync(vm, "/objects"), Is.EquivalentTo(new[] { "io", "m", "ram" }));
        await vm.Monitor.ExecuteRawAsync("object-del", JObject.Parse("{'id': 'm'}"));
        Assert.That(await vm.Monitor.RefusalAsync("object-del", JObject.Parse("{'id': 'm'}")), Is.EqualTo("object 'm' not found"));
        Assert.That(
            await vm.Monitor.RefusalAsync("object-del", JObject.Parse("{'id': 'ram'}")), Is.EqualTo("object 'ram' is in use, can not be deleted"));
    }

    [Test]
    public async Task Image_tells_its_size_and_format([Values] EmulatorKind kind)
    {
        string image = _folder.File("image");
        await File.WriteAllBytesAsync(image, new byte[12288]);
        await using EmulatorProcess vm = await StartAsync(kind, "-M", "pc", "-blockdev", $"file,node-name=f,filename={image}", "-blockdev", "raw,node-name=r,file=f");
        await vm.Monitor.ExecuteRawAsync("device_add", JObject.Parse("{'driver': 'virtio-blk-pci', 'id': 'd', 'drive': 'r'}"));
        JToken disk = (await vm.Monitor.ExecuteRawAsync("query-block")).Single();
        Assert.That((string?)disk["qdev"], Is.EqualTo("/machine/peripheral/d/virtio-backend"));
        Assert.That((long?)disk["inserted"]!["image"]!["virtual-size"], Is.EqualTo(12288));
        Assert.That((string?)disk["inserted"]!["image"]!["format"], Is.EqualTo("raw"));
        Assert.That((await vm.Monitor.ExecuteRawAsync("query-named-block-nodes")).Select(n => (string?)n["node-name"]), Is.EqualTo(new[] { "r", "f" }));
        Assert.That(await vm.Monitor.RefusalAsync("blockdev-del", JObject.Parse("{'node-name': 'r'}")), Is.EqualTo("Node r is in use"));
        Assert.That(await vm.Monitor.RefusalAsync("blockdev-del", JObject.Parse("{'node-name': 'f'}")), Is.EqualTo("Block device f is in use"));
        Assert.That(
            await vm.Monitor.RefusalAsync("blockdev-add", JObject.Parse("{'driver': 'qcow2', 'node-name': 'q', 'read-only': true, 'file': {'driver': 'file', 'filename': '/nope'}}")),
            Is.EqualTo("Could not open '/nope': No such file or directory"));
    }

    // Each keeps the other off: a program of ours is to QEMU as another QEMU is.
    [Test]
    public async Task Image_that_somebody_writes_to_is_locked([Values] EmulatorKind first, [Values] EmulatorKind second)
    {
        Requirement.Check(second);
        string image = _folder.File("image");
        await File.WriteAllBytesAsync(image, new byte[4096]);
        await using EmulatorProcess owner = await StartAsync(
            first, "-M", "pc", "-blockdev", $"file,node-name=f,filename={image}", "-device", "virtio-blk-pci,drive=f");
        await using EmulatorProcess other = await EmulatorProcess.StartAsync(
            second, "other", _folder, "-M", "pc", "-S", "-blockdev", $"file,node-name=f,filename={image}");
        Assert.That(
            await other.Monitor.RefusalAsync("device_add", JObject.Parse("{'driver': 'virtio-blk-pci', 'id': 'd', 'drive': 'f'}")),
            Is.EqualTo("Failed to get \"write\" lock"));
        Assert.That(await ChildrenAsync(other, "/machine/peripheral"), Is.Empty);
    }

    [Test]
    public async Task Medium_goes_through_the_tray([Values] EmulatorKind kind)
    {
        string image = _folder.File("image");
        await File.WriteAllBytesAsync(image, new byte[8192]);
        await using EmulatorProcess vm = await StartAsync(kind, "-M", "pc", "-device", "ide-cd,id=cd");
        await vm.Monitor.ExecuteRawAsync("blockdev-change-medium", new JObject { ["id"] = "cd", ["filename"] = image, ["format"] = "raw" });
        Assert.That((string?)(await vm.Monitor.ExecuteRawAsync("query-block"))[0]!["inserted"]!["file"], Is.EqualTo(image));
        await vm.Monitor.ExecuteRawAsync("eject", JObject.Parse("{'id': 'cd'}"));
        Assert.That((await vm.Monitor.ExecuteRawAsync("query-block"))[0]!["inserted"], Is.Null);
        Assert.That(
            vm.Events.Seen.Select(e => (e.Name, (bool?)e.Data?["tray-open"])),
            Is.EqualTo(new (string, bool?)[] { ("DEVICE_TRAY_MOVED", true), ("DEVICE_TRAY_MOVED", false), ("DEVICE_TRAY_MOVED", true) }));
        Assert.That(await vm.Monitor.RefusalAsync("eject", JObject.Parse("{'id': 'zz'}")), Is.EqualTo("Device 'zz' not found"));
    }

    [Test]
    public async Task Network_backends_come_and_go([Values] EmulatorKind kind)
    {
        await using EmulatorProcess vm = await StartAsync(kind, "-M", "pc", "-netdev", "hubport,id=h,hubid=0");
        Assert.That(await vm.Monitor.RefusalAsync("netdev_add", JObject.Parse("{'type': 'hubport', 'id': 'h', 'hubid': 1}")), Is.EqualTo("Duplicate ID 'h'"));
        await vm.Monitor.ExecuteRawAsync("device_add", JObject.Parse("{'driver': 'virtio-net-pci', 'id': 'n', 'netdev': 'h'}"));
        Assert.That(
            await vm.Monitor.RefusalAsync("device_add", JObject.Parse("{'driver': 'virtio-net-pci', 'id': 'm', 'netdev': 'h'}")),
            Is.EqualTo("Property 'virtio-net-device.netdev' can't take value 'h', it's in use"));
        await vm.Monitor.ExecuteRawAsync("set_link", JObject.Parse("{'name': 'n', 'up': false}"));
        await vm.Monitor.ExecuteRawAsync("netdev_del", JObject.Parse("{'id': 'h'}"));
        Assert.That(await vm.Monitor.RefusalAsync("netdev_del", JObject.Parse("{'id': 'h'}")), Is.EqualTo("Device 'h' not found"));
        Assert.That(await vm.Monitor.RefusalAsync("set_link", JObject.Parse("{'name': 'zz', 'up': true}")), Is.EqualTo("Device 'zz' not found"));
    }

    private static async Task<IEnumerable<string>> ChildrenAsync(EmulatorProcess vm, string path) =>
        (await vm.Monitor.ExecuteRawAsync("qom-list", new JObject { ["path"] = path }))
        .Where(p => ((string)p["type"]!).StartsWith("child<", StringComparison.Ordinal))
        .Select(p => (string)p["name"]!);

    private static async Task WhenAsync(EmulatorProcess vm, Func<IReadOnlyList<Qmp.Client.QmpEvent>, bool> holds)
    {
        for (int i = 0; i < 200 && !holds(vm.Events.Seen); i++) await vm.QueryRunStateAsync();
    }

    private async Task<EmulatorProcess> StartAsync(EmulatorKind kind, params string[] words)
    {
        Requirement.Check(kind);
        return await EmulatorProcess.StartAsync(kind, "vm", _folder, ["-S", .. words]);
    }
}
