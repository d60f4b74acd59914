using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Qmp.Interop.Emulators;
using Qmp.Linux;
using Qmp.Linux.Addresses;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>The sockets of monitors: where they listen, which mode they are in, and what is left of descriptors.</summary>
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu, Category = "Slow")]
[Parallelizable]
internal sealed class MonitorSocketTests(EmulatorKind kind)
{
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

    [Test]
    public async Task A_port_without_a_host_is_listened_on_in_both_families()
    {
        int port = FreePort();
        await using EmulatorProcess emulator = await StartAsync("-qmp", $"tcp::{port},server=on,wait=off");
        foreach (IPAddress address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            using var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(address, port);
            Assert.That(await GreetingAsync(client), Does.StartWith("{\"QMP\""), $"{address}");
        }
    }

    [Test]
    public async Task A_path_may_fill_its_place()
    {
        string path = _folder.File("") + new string('p', 108 - _folder.File("").Length);
        await using EmulatorProcess emulator = await StartAsync("-qmp", $"unix:{path},server=on,wait=off");
        using Socket client = Adopt(StreamSockets.Connect(new StreamAddress.Unix(path)));
        Assert.That(await GreetingAsync(client), Does.StartWith("{\"QMP\""));
    }

    [Test]
    public async Task An_inherited_listener_greets_one_client_after_the_other(
        [Values] bool isInBlockingMode, [Values] bool isClientWaiting)
    {
        string path = _folder.File("inherited");
        using DescriptorHandle listener = StreamSockets.Listen(new StreamAddress.Unix(path), 1)[0];
        Files.SetNonBlocking(listener, !isInBlockingMode);
        using Socket? early = isClientWaiting ? Connect(path) : null;
        using var held = new SafeFileHandle(Files.Duplicate(listener), ownsHandle: true);
        using SafeFileHandle inherited = SocketPair.Inheritable(held);
        await using EmulatorProcess emulator = await StartAsync(
            "-chardev", $"socket,id=c,fd={inherited.DangerousGetHandle()},server=on,wait=off",
            "-mon", "chardev=c,mode=control");
        if (early is not null) Assert.That(await GreetingAsync(early), Does.StartWith("{\"QMP\""));
        early?.Dispose();
        for (int i = 0; i < 2; i++)
        {
            using Socket client = Connect(path);
            Assert.That(await GreetingAsync(client), Does.StartWith("{\"QMP\""));
            Files.SetNonBlocking(listener, isInBlockingMode);
        }
    }

    [Test]
    public async Task A_client_that_comes_while_descriptors_are_short_is_greeted_when_they_are_not()
    {
        string path = _folder.File("second");
        await using EmulatorProcess emulator = await StartAsync("-qmp", $"unix:{path},server=on,wait=off");
        using (Socket first = Connect(path)) await GreetingAsync(first);
        await emulator.QueryMigrateAsync(); // loads what is needed
        int process = ProcessOf(path);
        // Two are left: what qmpd's runtime needs to start a thread, and keeps for that.
        await LimitAsync(process, LowestFree(process) + 2);
        using Socket client = Connect(path);
        Assert.That((await emulator.QueryMigrateAsync()).Status, Is.Null, "the other monitor serves on");
        await LimitAsync(process, 1000);
        Assert.That(await GreetingAsync(client), Does.StartWith("{\"QMP\""));
        client.Dispose();
        using Socket next = Connect(path);
        Assert.That(await GreetingAsync(next), Does.StartWith("{\"QMP\""));
    }

    [Test]
    public async Task A_client_that_comes_early_is_answered_when_the_machine_has_started()
    {
        string early = _folder.File("early");
        string late = _folder.File("late");
        using Process emulator = Process.Start(
            EmulatorPrograms.PathOf(kind),
            [
                "-M", "none", "-nodefaults", "-display", "none",
                "-qmp", $"unix:{early},server=on,wait=off", "-qmp", $"unix:{late},server=on",
            ]);
        try
        {
            await SpinUntilAsync(() => File.Exists(late));
            using Socket client = Connect(early);
            await client.SendAsync("{'execute': 'qmp_capabilities'} {'execute': 'query-status'}"u8.ToArray());
            await Task.Delay(200); // it has all the time to be wrong in
            using Socket second = Connect(late);
            using var reader = new StreamReader(new NetworkStream(client), Encoding.ASCII);
            Assert.That(await reader.ReadLineAsync().WaitAsync(Patience), Does.StartWith("{\"QMP\""));
            Assert.That(await reader.ReadLineAsync().WaitAsync(Patience), Is.EqualTo("{\"return\": {}}"));
            Assert.That(await reader.ReadLineAsync().WaitAsync(Patience), Is.EqualTo(
                "{\"return\": {\"status\": \"running\", \"running\": true}}"), "and no RESUME before it");
        }
        finally
        {
            emulator.Kill();
            await emulator.WaitForExitAsync();
        }
    }

    private static async Task SpinUntilAsync(Func<bool> condition)
    {
        for (long start = Environment.TickCount64; !condition(); await Task.Delay(5))
        {
            if (Environment.TickCount64 - start > Patience.TotalMilliseconds) throw new TimeoutException();
        }
    }

    private static async Task<string> GreetingAsync(Socket client)
    {
        byte[] buffer = new byte[4096];
        int count = await client.ReceiveAsync(buffer, SocketFlags.None).WaitAsync(Patience);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }

    private static Socket Connect(string path) => Adopt(StreamSockets.Connect(new StreamAddress.Unix(path)));

    private static Socket Adopt(DescriptorHandle handle) =>
        new(new SafeSocketHandle(handle.Release(), ownsHandle: true));

    private static int ProcessOf(string path)
    {
        using DescriptorHandle probe = StreamSockets.Connect(new StreamAddress.Unix(path));
        return SocketOptions.PeerProcessId(probe)!.Value;
    }

    private static int LowestFree(int process)
    {
        HashSet<int> open =
        [
            .. Directory.GetFiles($"/proc/{process}/fd")
                .Select(f => int.Parse(Path.GetFileName(f), CultureInfo.InvariantCulture)),
        ];
        return Enumerable.Range(0, int.MaxValue).First(n => !open.Contains(n));
    }

    // What prlimit(1) of util-linux does: changes the limit of another process.
    private static async Task LimitAsync(int process, int descriptors)
    {
        using var program = Process.Start(
            "prlimit", ["--pid", process.ToString(CultureInfo.InvariantCulture), $"--nofile={descriptors}:"]);
        await program.WaitForExitAsync();
        Assert.That(program.ExitCode, Is.Zero);
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        probe.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private Task<EmulatorProcess> StartAsync(params string[] words) =>
        EmulatorProcess.StartAsync(kind, "vm", _folder, words);
}
