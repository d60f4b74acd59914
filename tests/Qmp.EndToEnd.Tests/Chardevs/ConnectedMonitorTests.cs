using System.Net.Sockets;
using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Emulator.Options;
using Qmp.EndToEnd.Tests.CommandLine;
using Qmp.Testing;

namespace Qmp.EndToEnd.Tests.Chardevs;

/// <summary>Monitors on sockets that do not listen, and what character devices have besides. QEMU 10.0.2 does the same.</summary>
[TestFixture, Parallelizable]
internal sealed class ConnectedMonitorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task One_end_of_a_pair_is_a_monitor([Values] bool isBlocking)
    {
        (Socket client, int descriptor) = SocketPair.Create(isBlocking);
        using (client)
        {
            await using TestVm vm = await StartAsync($"socket,id=c,fd={descriptor}");
            await AssertServesAsync(client);
            Assert.That(await QueryAsync(vm), Is.EqualTo($"fd:{descriptor}"));
        }
    }

    [Test]
    public async Task A_manager_that_listens_is_dialled()
    {
        using Socket manager = Listen("manager");
        await using TestVm vm = await StartAsync($"socket,id=c,path={_folder.File("manager")}");
        using (Socket accepted = await AcceptAsync(manager))
        {
            await AssertServesAsync(accepted);
            Assert.That(await QueryAsync(vm), Is.EqualTo($"unix:{_folder.File("manager")}"));
        }

        // Without reconnect= that was all.
        await using QmpConnection other = await vm.ConnectAsync();
        await other.ExecuteRawAsync("query-status");
        Assert.That(manager.Poll(0, SelectMode.SelectRead), Is.False);
    }

    [Test]
    public void A_manager_that_does_not_listen_is_an_error()
    {
        string path = _folder.File("manager");
        Assert.That(() => StartAsync($"socket,id=c,path={path}"), Throws.TypeOf<CommandLineException>().With.Message.EqualTo(
            $"-chardev socket,id=c,path={path}: Failed to connect to '{path}': No such file or directory"));
    }

    [Test]
    public async Task A_manager_that_comes_later_or_again_is_dialled_again()
    {
        string path = _folder.File("manager");
        using QmpdRun run = QmpdRun.Start(
            "-M", "none", "-chardev", $"socket,id=c,path={path},reconnect-ms=1", "-mon", "chardev=c,mode=control");
        Assert.That(await run.NextErrorAsync(), Is.EqualTo(
            $"qmpd: Unable to connect character device c: Failed to connect to '{path}': No such file or directory"));
        using Socket manager = Listen("manager");
        for (int i = 0; i < 2; i++)
        {
            using Socket accepted = await AcceptAsync(manager);
            await AssertServesAsync(accepted);
        }
    }

    [Test]
    public async Task What_is_sent_is_copied_to_a_log([Values] bool appends)
    {
        string log = _folder.File("log");
        File.WriteAllText(log, "before\n");
        string monitor = _folder.File("monitor");
        await using (TestVm vm = await StartAsync(
            $"socket,id=c,path={monitor},server=on,wait=off,logfile={log}{(appends ? ",logappend=on" : "")}"))
        {
            using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await client.ConnectAsync(new UnixDomainSocketEndPoint(monitor));
            await AssertServesAsync(client);
        }

        Assert.That(
            File.ReadAllText(log),
            Does.Match("^" + (appends ? "before\n" : "") + "\\{\"QMP\": .*\r\n\\{\"return\": \\{\\}\\}\r\n$"));
    }

    [Test]
    public void A_log_in_no_folder_is_refused() => Assert.That(
        () => StartAsync($"socket,id=c,path={_folder.File("monitor")},server=on,wait=off,logfile=/nonexistent/log"),
        Throws.TypeOf<CommandLineException>().With.Message.EndsWith("Could not create '/nonexistent/log': No such file or directory"));

    [Test]
    public async Task A_device_without_monitor_lets_peers_in_and_says_nothing()
    {
        string path = _folder.File("port");
        await using TestVm vm = await TestVm.StartAsync("-M", "none", "-nodefaults", "-serial", $"unix:{path},server=on,wait=off", "-chardev", "null,id=n");
        using var peer = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await peer.ConnectAsync(new UnixDomainSocketEndPoint(path));
        peer.Send("hello"u8);
        await using QmpConnection qmp = await vm.ConnectAsync();
        JToken devices = await qmp.ExecuteRawAsync("query-chardev");
        Assert.That(
            devices.Select(d => ((string)d["label"]!, (bool)d["frontend-open"]!)),
            Is.EqualTo(((string, bool)[])[("n", false), ("serial0", true)]));
        await vm.DisposeAsync();
        Assert.That(await peer.ReceiveAsync(new byte[1]).WaitAsync(Patience), Is.Zero);
    }

    [Test]
    public async Task A_serial_port_on_a_file_makes_it()
    {
        string path = _folder.File("serial");
        await using TestVm vm = await TestVm.StartAsync("-M", "none", "-serial", $"file:{path}");
        Assert.That(File.ReadAllText(path), Is.Empty);
    }

    private static Task<TestVm> StartAsync(string chardev) =>
        TestVm.StartAsync("-M", "none", "-chardev", chardev, "-mon", "chardev=c,mode=control");

    private static async Task<string?> QueryAsync(TestVm vm)
    {
        await using QmpConnection qmp = await vm.ConnectAsync();
        return (string?)(await qmp.ExecuteRawAsync("query-chardev"))[0]!["filename"];
    }

    private static async Task AssertServesAsync(Socket client)
    {
        using var stream = new NetworkStream(client);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        Assert.That(await reader.ReadLineAsync().WaitAsync(Patience), Does.StartWith("{\"QMP\": "));
        await stream.WriteAsync("{\"execute\": \"qmp_capabilities\"}\n"u8.ToArray());
        Assert.That(await reader.ReadLineAsync().WaitAsync(Patience), Is.EqualTo("{\"return\": {}}"));
    }

    private static Task<Socket> AcceptAsync(Socket listener) => listener.AcceptAsync().WaitAsync(Patience);

    private Socket Listen(string name)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_folder.File(name)));
        listener.Listen(1);
        return listener;
    }
}
