using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Newtonsoft.Json.Linq;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>Addresses as they come, good and bad: what QEMU makes of them, and what qmpd does.</summary>
/// <remarks>In a case <c>DIR</c> is a folder, <c>PORT</c> a port of 127.0.0.1 that somebody listens on.</remarks>
[Category("Slow")]
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu)]
internal sealed class AddressTests(EmulatorKind kind)
{
    private const string Here = "{'transport':'socket','type':'inet','host':'127.0.0.1','port':'0'";
    private const string Path107 =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private TemporaryFolder _folder = null!;
    private TcpListener _other = null!;

    [SetUp]
    public void SetUp()
    {
        Requirement.Check(kind);
        _folder = new TemporaryFolder();
        _other = new TcpListener(IPAddress.Loopback, 0);
        _other.Start();
        File.WriteAllText(_folder.File("file"), new string('x', 100));
    }

    [TearDown]
    public void TearDown()
    {
        _other?.Dispose();
        _folder?.Dispose();
    }

    [TestCase("tcp:127.0.0.1:PORT", "Failed to find an available port: Address already in use")]
    [TestCase("tcp:127.0.0.1:PORT,to=PORT", "Failed to find an available port: Address already in use")]
    [TestCase("tcp:127.0.0.1:PORT,to=5", "Failed to create a socket")]
    [TestCase("tcp:1.2.3.4:0", "Failed to bind socket: Cannot assign requested address")]
    [TestCase("tcp::0,ipv4=off,ipv6=off", "Cannot disable IPv4 and IPv6 at same time")]
    [TestCase("unix:DIR/none/x", "Failed to bind socket to DIR/none/x: No such file or directory")]
    [TestCase("unix:DIR", "Failed to unlink socket DIR: Is a directory")]
    [TestCase("unix:" + Path107 + "aa", "UNIX socket path '" + Path107 + "aa' is too long")]
    [TestCase("vsock: 1:x", "Failed to parse port 'x'")]
    [TestCase("vsock:-1:1", "Failed to parse cid '-1'")]
    [TestCase("fd:1x", "Invalid file descriptor number '1x'")]
    [TestCase("fd:99999999999", "Invalid file descriptor number '99999999999'")]
    [TestCase("fd:x", "File descriptor named 'x' has not been found")]
    [TestCase("file:/dev/fdset/0", "Failed to find fdset /dev/fdset/0")]
    [TestCase("file:/dev/fdset/x", "Could not parse fdset /dev/fdset/x")]
    [TestCase("file:/dev/fdset/-1", "Could not parse fdset /dev/fdset/-1")]
    [TestCase("file:DIR/file,offset=8E", "Unable to seek to offset -9223372036854775808 whence 0 in file: Invalid argument")]
    [TestCase("{'transport':'exec','args':['false']}",
        "Failed to execute child process “false” (No such file or directory)")]
    [TestCase(Here + ",'numeric':true,'host':'localhost'}", "address resolution failed for localhost:0: Name or service not known")]
    [TestCase("{'transport':'socket','type':'inet','host':'','port':''}", "address resolution failed for :: Name or service not known")]
    [TestCase("{'transport':'socket','type':'unix','abstract':true,'path':'" + Path107 + "a'}",
        "UNIX socket path '" + Path107 + "a' is too long")]
    public async Task Nothing_can_listen_there(string address, string error)
    {
        await using EmulatorProcess emulator = await StartAsync("-incoming", "defer");
        Assert.That(await emulator.Monitor.RefusalAsync("migrate-incoming", Arguments(address)), Is.EqualTo(Filled(error)));
        Assert.That((await emulator.QueryMigrateAsync()).Status, Is.EqualTo(MigrationStatus.Setup));
        Assert.That(await YankableAsync(emulator), Is.False);
    }

    [TestCase("tcp:127.0.0.1:0,to=x", "error parsing to= argument")]
    [TestCase("tcp:127.0.0.1:0,to=5x", "error parsing to= argument")]
    [TestCase("tcp:127.0.0.1:0,ipv4,,ipv6", "error parsing 'ipv4' flag ',,ipv6'")]
    [TestCase("tcp:127.0.0.1:0,ipv4on", "error parsing 'ipv4' flag 'on'")]
    [TestCase("tcp:127.0.0.1:0,ipv6=x,ipv4", "error parsing 'ipv6' flag '=x,ipv4'")]
    [TestCase("tcp:127.0.0.1:0,mptcp=z", "error parsing 'mptcp' flag '=z'")]
    [TestCase("tcp:" + Path107 + ":0", "error parsing address '" + Path107 + ":0'")]
    [TestCase("tcp:[]:0", "error parsing IPv6 address '[]:0'")]
    [TestCase("tcp::", "error parsing port in address ':'")]
    [TestCase("tcp:h", "error parsing address 'h'")]
    [TestCase("tcp:h:,ipv4", "error parsing address 'h:,ipv4'")]
    [TestCase("file:DIR/file,offset=1,offset=2", "file URI has bad offset 1,offset=2: Invalid argument")]
    [TestCase("file:DIR/file,offset=1.5", "file URI has bad offset 1.5: Invalid argument")]
    [TestCase("file:DIR/file,offset=0x", "file URI has bad offset 0x: Invalid argument")]
    [TestCase("file:DIR/file,offset=-1", "file URI has bad offset -1: Numerical result out of range")]
    [TestCase("file:DIR/file,offset=16E", "file URI has bad offset 16E: Numerical result out of range")]
    public async Task That_is_no_address(string address, string error)
    {
        await using EmulatorProcess emulator = await StartAsync("-incoming", "defer");
        Assert.That(await emulator.Monitor.RefusalAsync("migrate-incoming", Arguments(address)), Is.EqualTo(Filled(error)));
        Assert.That((await emulator.QueryMigrateAsync()).Status, Is.Null);
        Assert.That(await YankableAsync(emulator), Is.False);
    }

    [TestCase("tcp:127.0.0.1:PORT,to=65535", "{'port':'N','ipv4':true,'host':'127.0.0.1','type':'inet'}")]
    [TestCase("tcp:127.0.0.1:0,to=-1,keep-alive", "{'port':'N','ipv4':true,'host':'127.0.0.1','type':'inet'}")]
    [TestCase("tcp:127.0.0.1:0,foo=bar,mptcp=off", "{'port':'N','ipv4':true,'host':'127.0.0.1','type':'inet'}")]
    [TestCase("tcp::0,ipv4=on,ipv6=on", "{'port':'N','ipv6':true,'host':'::','type':'inet'}")]
    [TestCase("tcp::0,ipv4", "{'port':'N','ipv4':true,'host':'0.0.0.0','type':'inet'}")]
    [TestCase("unix:DIR/file", "{'path':'DIR/file','type':'unix'}")]
    [TestCase("unix:" + Path107 + "a", "{'path':'" + Path107 + "a','type':'unix'}")]
    [TestCase("{'transport':'socket','type':'unix','abstract':true,'path':'DIR'}",
        "{'abstract':true,'path':'DIR','type':'unix','tight':true}")]
    [TestCase("{'transport':'socket','type':'unix','abstract':true,'tight':false,'path':'DIR'}",
        "{'abstract':true,'path':'DIR','type':'unix','tight':false}")]
    public async Task Somebody_listens_there(string address, string listed)
    {
        if (listed.Contains("ipv6", StringComparison.Ordinal) && !Socket.OSSupportsIPv6) Assert.Ignore("there is no IPv6 here");
        await using EmulatorProcess emulator = await StartAsync("-incoming", "defer");
        await emulator.Monitor.ExecuteRawAsync("migrate-incoming", Arguments(address));
        JToken addresses = (await emulator.Monitor.ExecuteRawAsync("query-migrate"))["socket-address"]!;
        foreach (JToken port in addresses.SelectTokens("[*].port")) port.Replace("N");
        Assert.That(addresses, Is.EqualTo(new JArray(JObject.Parse(Filled(listed)))).Using(JToken.EqualityComparer));
        Assert.That(await YankableAsync(emulator), Is.True);
    }

    [Test]
    public async Task Somebody_without_a_name_gets_one()
    {
        await using EmulatorProcess emulator = await StartAsync("-incoming", "defer");
        await emulator.Monitor.ExecuteRawAsync(
            "migrate-incoming", Arguments("{'transport':'socket','type':'unix','path':''}"));
        JToken query = await emulator.Monitor.ExecuteRawAsync("query-migrate");
        string path = (string)query.SelectToken("socket-address[0].path")!;
        Assert.That(Path.GetFileName(path), Does.Match("^qemu-socket-.{6}$"));
        using var source = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await source.ConnectAsync(new UnixDomainSocketEndPoint(path));
        File.Delete(path);
    }

    [TestCase("tcp:127.0.0.1:0,to=3", "Failed to connect to '127.0.0.1:0': Connection refused")]
    [TestCase("tcp:127.0.0.1:00000000000000000000000000000000x,mptcp=off",
        "Failed to connect to '127.0.0.1:00000000000000000000000000000000': Connection refused")]
    [TestCase(Here + ",'numeric':true,'host':'localhost'}", "Failed to connect to 'localhost:0': Connection refused")]
    [TestCase("{'transport':'socket','type':'unix','path':''}", "Failed to connect to '': Connection refused")]
    [TestCase("{'transport':'socket','type':'unix','path':'DIR/x','abstract':true}",
        "Failed to connect to 'DIR/x': Connection refused")]
    [TestCase("unix:" + Path107 + "a", "Failed to connect to '" + Path107 + "a': No such file or directory")]
    public async Task Nobody_listens_there(string address, string error)
    {
        await using EmulatorProcess emulator = await StartAsync("-S");
        await emulator.Monitor.ExecuteRawAsync("migrate", Arguments(address));
        await emulator.Events.WhenAsync(MigrationStatus.Failed);
        Assert.That((await emulator.QueryMigrateAsync()).ErrorDesc, Is.EqualTo(Filled(error)));
        await emulator.WhenComplaintAsync(Filled(error));
        Assert.That(emulator.Complaints, Is.EqualTo([Filled(error)]));
    }

    [TestCase("-global", "migration.multifd-channels=0", "Parameter 'multifd_channels' expects a value between 1 and 255")]
    [TestCase("-global", "migration.x-switchover-ack=on", "Capability 'switchover-ack' requires capability 'return-path'")]
    [TestCase("-global", "migration.x-foo=on",
        "can't apply global migration.x-foo=on: Property 'migration.x-foo' not found")]
    [TestCase("-incoming", "tcp:127.0.0.1:PORT",
        "-incoming tcp:127.0.0.1:PORT: Failed to find an available port: Address already in use")]
    [TestCase("-incoming", "main,addr.transport=socket,addr.type=unix,addr.path=DIR",
        "-incoming main,addr.transport=socket,addr.type=unix,addr.path=DIR: Failed to unlink socket DIR: Is a directory")]
    [TestCase("-qmp", "tcp:127.0.0.1:PORT,server=on,wait=off",
        "-qmp tcp:127.0.0.1:PORT,server=on,wait=off: Failed to find an available port: Address already in use")]
    [TestCase("-pidfile", "DIR/none/x", "cannot create PID file: Could not create 'DIR/none/x': No such file or directory")]
    public async Task It_does_not_start(string option, string argument, string error)
    {
        string[] words = ["-M", "none", "-nodefaults", "-display", "none", option, Filled(argument)];
        using Process process = Process.Start(
            new ProcessStartInfo(EmulatorPrograms.PathOf(kind), words) { RedirectStandardError = true })!;
        string complaint = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.EqualTo(1));
        Assert.That(complaint, Does.EndWith($": {Filled(error)}\n"));
    }

    [Test]
    public async Task Guest_moves_to_an_abstract_name()
    {
        string address = "{'transport':'socket','type':'unix','abstract':true,'path':'DIR/moves'}";
        await using EmulatorProcess dst = await StartAsync("-incoming", "defer");
        await dst.Monitor.ExecuteRawAsync("migrate-incoming", Arguments(address));
        await using EmulatorProcess src = await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, "src", _folder);
        await src.SwitchOnAsync();
        await src.Monitor.ExecuteRawAsync("migrate", Arguments(address));
        await src.Events.WhenAsync(MigrationStatus.Completed);
        await dst.Events.WhenAsync(MigrationStatus.Completed);
        Assert.That(File.Exists(Filled("DIR/moves")), Is.False, "the name is nowhere in the file system");
        Assert.That(await src.QuerySettledRunStateAsync(), Is.EqualTo(RunState.Postmigrate));
        Assert.That(await dst.QueryRunStateAsync(), Is.EqualTo(RunState.Running));
    }

    private async Task<EmulatorProcess> StartAsync(params string[] words)
    {
        EmulatorProcess emulator = await EmulatorProcess.StartAsync(kind, "vm", _folder, words);
        await emulator.SwitchOnAsync();
        return emulator;
    }

    private static async Task<bool> YankableAsync(EmulatorProcess emulator) =>
        (await emulator.Monitor.ExecuteRawAsync("query-yank")).Any(i => (string?)i["type"] == "migration");

    private JObject Arguments(string address) => address.StartsWith('{')
        ? new JObject
        {
            ["channels"] = new JArray(new JObject { ["channel-type"] = "main", ["addr"] = JObject.Parse(Filled(address)) }),
        }
        : new JObject { ["uri"] = Filled(address) };

    private string Filled(string text) => text
        .Replace("DIR", _folder.Path, StringComparison.Ordinal)
        .Replace("PORT", ((IPEndPoint)_other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
