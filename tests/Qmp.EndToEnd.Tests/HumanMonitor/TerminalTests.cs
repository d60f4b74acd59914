using System.Net;
using System.Net.Sockets;
using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.HumanMonitor;

/// <summary>The human monitor on a socket, as people use it with socat: each key is answered with what a terminal shows.</summary>
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu, Category = "Slow")]
[Parallelizable]
internal sealed class TerminalTests(EmulatorKind kind)
{
    private const string Greeting = "QEMU 10.0.2 monitor - type 'help' for more information\r\n(qemu) ";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        Requirement.Check(kind);
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void TearDown() => _folder?.Dispose();

    /// <summary>What was typed into QEMU 10.0.2, and every byte that it sent.</summary>
    [Test]
    public async Task Keys_are_answered_as_recorded()
    {
        string path = _folder.File("human");
        await using EmulatorProcess emulator = await StartAsync("-monitor", $"unix:{path},server,nowait");
        Socket client = await ConnectAsync(path);
        try
        {
            foreach (JToken step in JArray.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recordings", "keys.json"))))
            {
                string keys = (string)step["keys"]!;
                string output = (string)step["output"]!;
                if (keys == "reconnect")
                {
                    client.Dispose();
                    client = await ConnectAsync(path);
                }
                else if (keys != "connect")
                {
                    await client.SendAsync(Encoding.Latin1.GetBytes(keys));
                }

                bool ends = output.EndsWith("<EOF>", StringComparison.Ordinal);
                string expected = ends ? output[..^5] : output;
                Assert.That(await ReadAsync(client, expected.Length), Is.EqualTo(expected), keys);
                if (ends) Assert.That(await client.ReceiveAsync(new byte[1]).WaitAsync(Patience), Is.Zero);
            }
        }
        finally
        {
            client.Dispose();
        }
    }

    [TestCase("-mon", "m")]
    [TestCase("-monitor", "chardev:m")]
    [TestCase("-serial", "mon:unix:{0},server=on,wait=off")]
    public async Task It_is_on_any_character_device(string option, string value)
    {
        string path = _folder.File("human");
        string[] device = value.Contains('{', StringComparison.Ordinal)
            ? []
            : ["-chardev", $"socket,id=m,path={path},server=on,wait=off"];
        await using EmulatorProcess emulator = await StartAsync(
            [.. device, option, value.Replace("{0}", path, StringComparison.Ordinal)]);
        using Socket client = await ConnectAsync(path);
        Assert.That(await ReadAsync(client, Greeting.Length), Is.EqualTo(Greeting));
    }

    [Test]
    public async Task By_telnet_the_client_is_told_not_to_echo()
    {
        int port = FreePort();
        await using EmulatorProcess emulator = await StartAsync("-monitor", $"telnet:127.0.0.1:{port},server,nowait");
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, port);
        byte[] orders = Encoding.Latin1.GetBytes(await ReadAsync(client, 12));
        Assert.That(orders, Is.EqualTo((byte[])[255, 251, 1, 255, 251, 3, 255, 251, 0, 255, 253, 0]));
        Assert.That(await ReadAsync(client, Greeting.Length), Is.EqualTo(Greeting));
        await client.SendAsync((byte[])[255, 253, 1, (byte)'z', 255, 254, 3, (byte)'\n']);
        Assert.That(await ReadAsync(client, 35), Is.EqualTo("z\u001b[K\r\nunknown command: 'z'\r\n(qemu) "));
    }

    [Test]
    public async Task What_a_person_does_a_client_sees()
    {
        string path = _folder.File("human");
        await using EmulatorProcess emulator = await StartAsync("-monitor", $"unix:{path},server,nowait");
        using Socket client = await ConnectAsync(path);
        await ReadAsync(client, Greeting.Length);
        await client.SendAsync("stop\n"u8.ToArray());
        await ReadAsync(client, 49);
        JToken status = await emulator.Monitor.ExecuteRawAsync("query-status");
        Assert.That((string?)status["status"], Is.EqualTo("paused"));
    }

    private static int FreePort()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    private static async Task<Socket> ConnectAsync(string path)
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return client;
    }

    private static async Task<string> ReadAsync(Socket client, int count)
    {
        byte[] bytes = new byte[count];
        for (int read = 0; read < count;)
        {
            int received = await client.ReceiveAsync(bytes.AsMemory(read)).AsTask().WaitAsync(Patience);
            if (received == 0) return Encoding.Latin1.GetString(bytes, 0, read) + "<EOF>";
            read += received;
        }

        return Encoding.Latin1.GetString(bytes);
    }

    private Task<EmulatorProcess> StartAsync(params string[] words) => EmulatorProcess.StartAsync(kind, "vm", _folder, words);
}
