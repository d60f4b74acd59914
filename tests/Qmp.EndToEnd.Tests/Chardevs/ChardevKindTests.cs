using System.Text;
using Microsoft.Win32.SafeHandles;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;
using Qmp.Linux;

namespace Qmp.EndToEnd.Tests.Chardevs;

/// <summary>Monitors on character devices that are no sockets.</summary>
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu, Category = "Slow")]
[Parallelizable]
internal sealed class ChardevKindTests(EmulatorKind kind)
{
    private const int ReadWrite = 2; // O_RDWR
    private const int NoControl = 0x100; // O_NOCTTY

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
    public async Task Who_opens_a_terminal_is_greeted()
    {
        string link = _folder.File("tty");
        await using EmulatorProcess emulator = await StartAsync($"pty,id=c,path={link}");
        using DescriptorHandle terminal = Files.Open(link, ReadWrite | NoControl, 0, out int error)
            ?? throw new IOException(Errno.Text(error));
        using var stream = new FileStream(
            new SafeFileHandle(terminal.DangerousGetHandle(), ownsHandle: false), FileAccess.ReadWrite, bufferSize: 0);
        Assert.That(await LineAsync(stream), Does.StartWith("{\"QMP\""));
        await stream.WriteAsync(Encoding.ASCII.GetBytes("{\"execute\":\"qmp_capabilities\"}\n"));
        Assert.That(await LineAsync(stream), Is.EqualTo("{\"return\": {}}\r"));
    }

    [Test]
    public async Task A_pair_of_fifos_is_a_device()
    {
        string path = _folder.File("pipe");
        foreach (string end in (string[])["in", "out"]) Assert.That(Files.MakeFifo($"{path}.{end}", 0x1a4), Is.Zero);
        await using EmulatorProcess emulator = await StartAsync($"pipe,id=c,path={path}");
        using FileStream output = File.OpenRead(path + ".out");
        Assert.That(await LineAsync(output), Does.StartWith("{\"QMP\""));
        await File.WriteAllTextAsync(path + ".in", "{\"execute\":\"qmp_capabilities\"}\n");
        Assert.That(await LineAsync(output), Is.EqualTo("{\"return\": {}}\r"));
    }

    [Test]
    public async Task A_file_gets_what_is_said([Values] bool appends)
    {
        string path = _folder.File("file");
        File.WriteAllText(path, "before\n");
        await using EmulatorProcess emulator = await StartAsync($"file,id=c,path={path}{(appends ? ",append=on" : "")}");
        Assert.That(
            () => File.ReadAllText(path),
            Does.Match("^" + (appends ? "before\n" : "") + "\\{\"QMP\": .*\r\n$").After(10_000, 10));
    }

    [Test]
    public async Task A_ring_buffer_holds_what_is_said()
    {
        await using EmulatorProcess emulator = await StartAsync("ringbuf,id=c");
        Assert.That(
            async () => (string?)await emulator.Monitor.ExecuteRawAsync(
                "ringbuf-read", new() { ["device"] = "c", ["size"] = 100_000 }),
            Does.StartWith("{\"QMP\": ").After(10_000, 10));
    }

    private static async Task<string> LineAsync(Stream stream)
    {
        var line = new StringBuilder();
        byte[] one = new byte[1];
        while (await Task.Run(() => stream.Read(one, 0, 1)).WaitAsync(Patience) == 1 && one[0] != '\n') line.Append((char)one[0]);
        return line.ToString();
    }

    private Task<EmulatorProcess> StartAsync(string chardev) =>
        EmulatorProcess.StartAsync(kind, "vm", _folder, "-chardev", chardev, "-mon", "chardev=c,mode=control");
}
