using System.Net.Sockets;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Emulator.Options;
using Qmp.Emulator.Versions;
using Qmp.Linux;
using Qmp.Linux.Addresses;
using Qmp.Testing;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary>What differs between the versions of QEMU that are played.</summary>
[TestFixture, Parallelizable]
internal sealed class VersionTests
{
    private static readonly string[] Newer = ["-M", "none", "-nodefaults", "-x-qemu-version", "11.1"];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder?.Dispose();

    [Test]
    public async Task Two_versions_live_side_by_side()
    {
        await using InProcess newer = await InProcess.StartAsync("-M", "pc", "-x-qemu-version", "11.1");
        await using InProcess older = await InProcess.StartAsync("-M", "pc");
        foreach ((InProcess vm, string version) in ((InProcess, string)[])[(newer, "11.1"), (older, "10.0"), (newer, "11.1")])
        {
            JToken machines = await vm.ResultAsync("query-machines");
            Assert.That((string?)machines.Single(m => (string?)m["alias"] == "q35")["name"], Is.EqualTo($"pc-q35-{version}"));
            Assert.That((string?)await vm.ResultAsync("qom-get", "{'path': '/machine', 'property': 'type'}"), Is.EqualTo($"pc-i440fx-{version}-machine"));
            JToken models = await vm.ResultAsync("query-cpu-definitions");
            Assert.That(models.Any(m => (string?)m["name"] == "EPYC-Turin"), Is.EqualTo(version == "11.1"));
            JToken properties = await vm.ResultAsync("qom-list-properties", "{'typename': 'iothread'}");
            Assert.That(properties.Any(p => (string?)p["name"] == "poll-weight"), Is.EqualTo(version == "11.1"));
        }
    }

    [TestCase("10.0", "socket,id=s,path=x,reconnect=1,server=off", null)]
    [TestCase("11.1", "socket,id=s,path=x,reconnect=1,server=off", "Invalid parameter 'reconnect'")]
    [TestCase("10.0", "null,id=s,logtimestamp=on", "Invalid parameter 'logtimestamp'")]
    [TestCase("11.1", "null,id=s,logtimestamp=on", null)]
    [TestCase("10.0", "vc,id=s,encoding=utf8", "Invalid parameter 'encoding'")]
    [TestCase("11.1", "vc,id=s,encoding=utf8", null)]
    [TestCase("11.1", "vc,id=s,encoding=nope", "invalid parameter value: nope")]
    [TestCase("11.1", "null,id=s,encoding=utf8", "chardev 's' does not support encoding option")]
    public void Options_take_what_the_version_has(string version, string chardev, string? refusal)
    {
        Action parse = () => CommandLineParser.Parse(["-chardev", chardev], version: QemuVersion.Find(version));
        if (refusal is null) Assert.That(parse, Throws.Nothing);
        else Assert.That(parse, Throws.TypeOf<CommandLineException>().With.Message.EndsWith(": " + refusal));
    }

    [TestCase("10.0", "pc-i440fx-5.1", true)]
    [TestCase("11.1", "pc-i440fx-5.1", false)]
    [TestCase("10.0", "pc-q35-4.0.1", true)]
    [TestCase("11.1", "pc-q35-4.0.1", false)]
    [TestCase("10.0", "pc-q35-11.0", false)]
    [TestCase("11.1", "pc-q35-11.0", true)]
    public void Machine_types_are_the_versions(string version, string machine, bool isThere)
    {
        Action parse = () => CommandLineParser.Parse(["-M", machine], version: QemuVersion.Find(version));
        if (isThere) Assert.That(parse, Throws.Nothing);
        else Assert.That(parse, Throws.TypeOf<CommandLineException>().With.Message.StartsWith("unsupported machine type"));
    }

    [Test]
    public async Task Monitor_made_as_an_object_serves_the_client_that_is_there()
    {
        await using InProcess vm = await InProcess.StartAsync(Newer);
        string path = _folder.File("new");
        await vm.ResultAsync("chardev-add", $"{{'id': 'c', 'backend': {{'type': 'socket', 'data': {{'wait': false, 'addr': {{'type': 'unix', 'data': {{'path': '{path}'}}}}}}}}}}");
        var early = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await early.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await vm.ResultAsync("object-add", "{'qom-type': 'monitor-qmp', 'id': 'm', 'chardev': 'c'}");
        using (var reader = new StreamReader(new NetworkStream(early, ownsSocket: true)))
        {
            Assert.That(await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)), Does.StartWith("{\"QMP\": "));
        }

        Assert.That(await vm.RefusalAsync("chardev-remove", "{'id': 'c'}"), Is.EqualTo("Chardev 'c' is busy"));
        Assert.That(await vm.RefusalAsync("object-add", "{'qom-type': 'monitor-qmp', 'id': 'n', 'chardev': 'c'}"), Is.EqualTo("chardev 'c' is already in use"));
        await AssertServesAsync(path);
        await vm.ResultAsync("object-del", "{'id': 'm'}");
        Assert.That((await vm.ResultAsync("qom-list", "{'path': '/objects'}")).Any(o => (string?)o["name"] == "m"), Is.False);
        await vm.ResultAsync("object-add", "{'qom-type': 'monitor-qmp', 'id': 'again', 'chardev': 'c'}");
        await AssertServesAsync(path);
        await vm.ResultAsync("object-del", "{'id': 'again'}");
        await vm.ResultAsync("chardev-remove", "{'id': 'c'}");
        Assert.That(File.Exists(path), Is.False);
    }

    [Test]
    public async Task Monitors_that_stay_are_not_removed()
    {
        await using InProcess vm = await InProcess.StartAsync([.. Newer, "-chardev", "null,id=h", "-object", "monitor-hmp,id=people,chardev=h"]);
        Assert.That(await vm.RefusalAsync("object-del", "{'id': 'people'}"), Is.EqualTo("Deleting HMP monitors is not supported"));
        Assert.That(
            await vm.ResultAsync("qom-get", "{'path': '/objects/people', 'property': 'readline'}"), Is.EqualTo(new JValue(true)));
    }

    [Test]
    public async Task Lines_of_a_log_begin_with_the_time_where_that_is_asked_for()
    {
        string log = _folder.File("log");
        string monitor = _folder.File("monitor");
        await using (TestVm vm = await TestVm.StartAsync(
            [.. Newer, "-chardev", $"socket,id=c,path={monitor},server=on,wait=off,logfile={log},logtimestamp=on", "-mon", "chardev=c,mode=control"]))
        {
            await AssertServesAsync(monitor);
        }

        string[] lines = await File.ReadAllLinesAsync(log);
        Assert.That(lines, Has.Length.GreaterThanOrEqualTo(2).And.All.Match(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z \{"));
    }

    [Test]
    public void Kernel_looks_after_silent_peers_as_the_address_says()
    {
        var address = new StreamAddress.Inet("127.0.0.1", "0") { KeepsAlive = true, KeepAliveCount = 3, KeepAliveIdle = 7, KeepAliveInterval = 2 };
        using DescriptorHandle listener = StreamSockets.Listen(address, backlog: 1)[0];
        string port = ((StreamAddress.Inet)StreamSockets.LocalAddress(listener)).Port;
        using DescriptorHandle client = StreamSockets.Connect(address with { Port = port });
        using DescriptorHandle plain = StreamSockets.Connect(new StreamAddress.Inet("127.0.0.1", port));
        Assert.That(SocketOptions.KeepAliveOf(listener), Is.EqualTo((true, 3u, 7u, 2u)));
        Assert.That(SocketOptions.KeepAliveOf(client), Is.EqualTo((true, 3u, 7u, 2u)));
        Assert.That(SocketOptions.KeepAliveOf(plain).IsOn, Is.False);
    }

    private static async Task AssertServesAsync(string path)
    {
        await using QmpConnection client = await QmpConnection.ConnectUnixAsync(path);
        await client.ExecuteRawAsync("query-name", null);
        Assert.That(client.Greeting.Version!.Major, Is.EqualTo(11));
    }
}
