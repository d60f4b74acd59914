using Newtonsoft.Json.Linq;
using Qmp.Libvirt.Tests.Bench;

namespace Qmp.Libvirt.Tests;

/// <summary>Devices that come and go while the domain runs.</summary>
internal sealed class HotPlugTests : LibvirtTests
{
    private const string Vm = DomainXml.DefaultName;

    private static readonly Dictionary<string, string> Devices = new()
    {
        ["disk"] = "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='@/other'/><target dev='vdb' bus='virtio'/></disk>",
        ["scsi disk"] = "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='@/other'/><target dev='sdb' bus='scsi'/></disk>",
        ["usb disk"] = "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='@/other'/><target dev='sdc' bus='usb'/></disk>",
        ["interface"] = "<interface type='user'><mac address='52:54:00:cc:7c:b6'/><model type='virtio'/></interface>",
        ["card"] = "<interface type='user'><mac address='52:54:00:cc:7c:b7'/><model type='e1000e'/></interface>",
        ["controller"] = "<controller type='scsi' index='5' model='virtio-scsi'/>",
        ["channel"] = "<channel type='unix'><source mode='bind' path='@/channel'/><target type='virtio' name='org.example.0'/></channel>",
        ["random numbers"] = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
        ["keyboard"] = "<input type='keyboard' bus='usb'><alias name='ua-keys'/></input>",
    };

    private static IEnumerable<string> Names => Devices.Keys;

    [TestCaseSource(nameof(Names))]
    public async Task Device_comes_and_goes(string name)
    {
        await StartUsualAsync();
        await File.WriteAllBytesAsync(Path.Combine(Bench.Folder, "other"), new byte[1 << 20]);
        string file = Path.Combine(Bench.Folder, "device.xml");
        await File.WriteAllTextAsync(file, Devices[name].Replace("@", Bench.Folder, StringComparison.Ordinal));
        int before = await CountAsync();
        (int status, string text) = await A.TryAsync("attach-device", Vm, file, "--live");
        Assert.That(status, Is.Zero, text);
        Assert.That(await CountAsync(), Is.GreaterThan(before));
        string described = await A.RunAsync("dumpxml", Vm);
        await A.RunAsync("detach-device", Vm, file, "--live");
        for (int i = 0; i < 100 && await CountAsync() > before; i++) await Task.Delay(50);
        Assert.That(await CountAsync(), Is.EqualTo(before), described);
    }

    [Test]
    public async Task Balloon_takes_and_gives_memory()
    {
        await StartUsualAsync();
        await A.RunAsync("setmem", Vm, "32M", "--live");
        await A.AwaitAsync("actual 32768", "dommemstat", Vm);
        await A.RunAsync("setmem", Vm, "64M", "--live");
        await A.AwaitAsync("actual 65536", "dommemstat", Vm);
    }

    [Test]
    public async Task Medium_is_changed()
    {
        await StartUsualAsync();
        string other = Path.Combine(Bench.Folder, "other");
        await File.WriteAllBytesAsync(other, new byte[2 << 20]);
        await A.RunAsync("change-media", Vm, "sda", "--eject", "--live", "--force");
        Assert.That(await A.RunAsync("domblklist", Vm), Does.Match(@"sda +-"));
        await A.RunAsync("change-media", Vm, "sda", other, "--insert", "--live", "--force");
        Assert.That(await A.RunAsync("domblklist", Vm), Does.Match($@"sda +{other}"));
        Assert.That(await A.RunAsync("domblkinfo", Vm, "sda"), Does.Match(@"Capacity: +2097152"));
    }

    [Test]
    public async Task Disk_grows_and_says_how_much_it_was_used()
    {
        await StartUsualAsync();
        Assert.That(await A.RunAsync("domblkinfo", Vm, "vda"), Does.Match($"Capacity: +{UsualDomain.DiskSize}"));
        await A.RunAsync("blockresize", Vm, "vda", "32M");
        Assert.That(await A.RunAsync("domblkinfo", Vm, "vda"), Does.Match($"Capacity: +{UsualDomain.DiskSize * 2}"));
        Assert.That(await A.RunAsync("domblkstat", Vm, "vda"), Does.Contain("rd_bytes 0"));
    }

    [Test]
    public async Task Link_goes_down_and_up()
    {
        await StartUsualAsync();
        string mac = "52:54:00:cc:7c:b5";
        await A.RunAsync("domif-setlink", Vm, mac, "down");
        Assert.That(await A.RunAsync("domif-getlink", Vm, mac), Does.EndWith("down"));
        await A.RunAsync("domif-setlink", Vm, mac, "up");
        Assert.That(await A.RunAsync("domif-getlink", Vm, mac), Does.EndWith("up"));
    }

    [Test]
    public async Task Processors_are_plugged()
    {
        await StartUsualAsync();
        await A.RunAsync("setvcpus", Vm, "4", "--live");
        Assert.That(await A.RunAsync("vcpucount", Vm, "--live", "--current"), Is.EqualTo("4"));
        Assert.That((JArray)await A.QueryAsync("query-cpus-fast"), Has.Count.EqualTo(4));
        await A.RunAsync("setvcpus", Vm, "2", "--live");
        await A.AwaitAsync("2", "vcpucount", Vm, "--live", "--current");
        Assert.That((JArray)await A.QueryAsync("query-cpus-fast"), Has.Count.EqualTo(2));
    }

    private Task StartUsualAsync() => StartAsync(UsualDomain.Of(Domain, Bench.Folder));

    private async Task<int> CountAsync() =>
        ((JArray)await A.QueryAsync("qom-list", new() { ["path"] = "/machine/peripheral" })).Count;
}
