using System.Diagnostics;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Qmp.Api;
using Qmp.Client;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;
using Qmp.Testing;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Qtest;

/// <summary>QEMU's test programs, and the lines that they say.</summary>
/// <remarks>
/// Environment: <c>QMP_QTEST</c> names the folder that the programs were built in; they are skipped without. <c>QMP_QTEST_ALL</c> is 1
/// for all cases of <c>migration-test</c>.
/// </remarks>
[TestFixture]
internal sealed partial class QtestTests
{
    private const string Variable = "QMP_QTEST";
    private const string EverythingVariable = "QMP_QTEST_ALL";
    private const string Root = "/x86_64/migration/";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // They are there where the program can open /dev/kvm.
    private static readonly string[] OfKvm = ["mode/transfer", "mode/transfer/defer"];

    // They are there too then, and measure what only KVM counts.
    private static readonly string[] OfDirtyRing = ["dirty_limit", "dirty_ring"];

    // One or two of each kind: two minutes instead of twenty.
    private static readonly string[] Shard =
    [
        "analyze-script", "validate_uuid_error", "ignore-shared", "precopy/unix/plain", "precopy/unix/suspend/live", "precopy/unix/suspend/notlive",
        "precopy/tcp/plain", "precopy/tcp/plain/switchover-ack", "precopy/file/mapped-ram/live", "precopy/fd/tcp", "postcopy/plain", "postcopy/suspend",
        "postcopy/recovery/plain", "postcopy/recovery/double-failures/handshake", "postcopy/preempt/plain", "multifd/tcp/uri/plain/none",
        "multifd/tcp/plain/cancel", "multifd/file/mapped-ram/dio", "cancel/src/after/setup", "cancel/src/after/cancelling", "mode/reboot",
        "precopy/tcp/tls/x509/default-host", "multifd/tcp/tls/psk/match", "postcopy/recovery/tls/psk",
        .. OfKvm,
    ];

    [Test]
    public async Task Memory_is_written_and_read()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("qtest");
        await using TestVm vm = await TestVm.StartAsync("-M", "pc", "-m", "16M", "-nodefaults", "-accel", "qtest", "-qtest", $"unix:{path},server=on,wait=off", "-qtest-log", folder.File("log"));
        (string Line, string Answer)[] conversation =
        [
            ("endianness", "OK little"),
            ("writeq 0x400400 0xFEED12345678CAFE", "OK"),
            ("readq 0x400400", "OK 0xfeed12345678cafe"),
            ("readb 4195328", "OK 0x00000000000000fe"),
            ("readw 0x400402", "OK 0x0000000000005678"),
            ("read 0x400400 0x4", "OK 0xfeca7856"),
            ("write 0x1000 3 0xAbCd", "OK"),
            ("read 0x1000 3", "OK 0xabcd00"),
            ("memset 0x1000 2 0x11", "OK"),
            ("b64read 0x1000 3", "OK EREA"),
            ("read 0x40000000 2", "OK 0x0000"),
            ("clock_step 100", "OK 100"),
            ("clock_set 50", "OK 100"),
            ("irq_intercept_in nope", "FAIL Unknown device"),
            ("irq_intercept_in /machine/unattached/device[0]", "OK"),
            ("nope", "FAIL Unknown command 'nope'"),
            ("readb zz", "FAIL Invalid argument of 'readb'"),
        ];
        await SayAsync(path, conversation);
        Assert.That(await File.ReadAllTextAsync(folder.File("log")), Does.Contain("] endianness\n[S +"));
    }

    // What is the same on a QEMU, whose firmware has not run: where ACPI and address line 20 are is said by firmware.
    private static readonly (string Line, string Answer)[] PortsOfBoth =
    [
        ("inb 0x60", "OK 0x0000"),
        ("inb 0x1234", "OK 0x00ff"),
        ("inw 0x1234", "OK 0xffff"),
        ("inl 0x1234", "OK 0xffffffff"),
        ("outl 0x1234 0x123456789", "OK"),
        ("inw 0xffff", "OK 0x00ff"),
        ("outb 0xb3 0x42", "OK"),
        ("outb 0xb2 0xf1", "OK"),
        ("inw 0xb2", "OK 0x42f1"),
        ("inb 0x3f8", "OK 0x0000"),
        ("inb 0x3fa", "OK 0x0001"),
        ("outb 0x3fb 0x80", "OK"),
        ("inw 0x3f8", "OK 0x000c"),
        ("outb 0x3fb 3", "OK"),
        ("inb 1019", "OK 0x0003"),
        ("inw 0x3fd", "OK 0xb060"),
        ("outw 0x3fe 0x5aff", "OK"),
        ("inb 0x3ff", "OK 0x005a"),
        ("outb 0x3fc 0x10", "OK"),
        ("outb 0x3f8 0x141", "OK"),
        ("inb 0x3fd", "OK 0x0061"),
        ("inb 0x3f8", "OK 0x0041"),
        ("inl 0xf4", "OK 0x0000"),
        ("inb 0x60 and what follows", "OK 0x0000"),
        ("inq 0x60", "FAIL Unknown command 'inq'"),
        ("set_irq_in nope unnamed-gpio-in 0 1", "FAIL Unknown device"),
    ];

    [Test]
    [Category("Slow")]
    public async Task Ports_are_those_of_QEMU([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        using var folder = new TemporaryFolder();
        string path = folder.File("qtest");
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(
            kind, "vm", folder, "-M", "pc", "-S", "-serial", "null", "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-qtest", $"unix:{path},server=on,wait=off",
            "-qtest-log", "none");
        await SayAsync(path, PortsOfBoth);
    }

    [Test]
    public async Task Ports_are_written_and_read()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("qtest");
        await using TestVm vm = await TestVm.StartAsync(
            "-M", "pc", "-S", "-nodefaults", "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-qtest", $"unix:{path},server=on,wait=off", "-qtest-log", "none");
        await SayAsync(
            path,
            [
                .. PortsOfBoth,
                ("outw 0x604 1", "OK"),
                ("inl 0x604", "OK 0xffff0001"),
                ("inb 0x70", "FAIL The device of port 0x70 is not here"),
                ("outl 0xcf8 0x80000000", "FAIL The device of port 0xcf8 is not here"),
                ("inb 0x10060", "FAIL Invalid argument of 'inb'"),
                ("inb zz", "FAIL Invalid argument of 'inb'"),
                ("outb 0x60", "FAIL Unknown command 'outb'"),
                ("set_irq_in /machine/unattached/device[0] unnamed-gpio-in 3 1", "FAIL Input unnamed-gpio-in[3] cannot be set to 1: no device here has one"),
            ]);
    }

    [TestCase("none", "OK 0xffffffff", "OK")]
    [TestCase("microvm", "FAIL The device of port 0x60 is not here", "FAIL The device of port 0x60 is not here")]
    public async Task Machines_without_ports_say_so(string machine, string read, string written)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("qtest");
        await using TestVm vm = await TestVm.StartAsync("-M", machine, "-S", "-nodefaults", "-qtest", $"unix:{path},server=on,wait=off", "-qtest-log", "none");
        await SayAsync(path, [("inl 0x60", read), ("outb 0x60 1", written)]);
    }

    [Test]
    public async Task Ports_reset_a_machine_that_runs()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("qtest");
        await using TestVm vm = await TestVm.StartAsync("-M", "pc", "-nodefaults", "-qtest", $"unix:{path},server=on,wait=off", "-qtest-log", "none");
        await using QmpConnection client = await vm.ConnectAsync();
        using EventSubscription events = client.Subscribe();
        await SayAsync(path, [("outb 0x3ff 7", "OK"), ("inb 0x3ff", "OK 0x0007"), ("outb 0xcf9 6", "OK")]);
        QmpEvent told = await events.ReadAsync().AsTask().WaitAsync(Patience);
        Assert.That((told.Name, (string?)told.Data?["reason"]), Is.EqualTo(("RESET", "guest-reset")));
        Assert.That((await client.QueryStatusAsync()).Status, Is.EqualTo(RunState.Running));
    }

    private static async Task SayAsync(string path, IEnumerable<(string Line, string Answer)> conversation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        foreach ((string line, string answer) in conversation)
        {
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(line + "\n"));
            Assert.That(await reader.ReadLineAsync().WaitAsync(Patience), Is.EqualTo(answer), line);
        }
    }

    [TestCase("qmp-test", 4)]
    [TestCase("qmp-cmd-test", 66)]
    [TestCase("qom-test", 6)]
    [TestCase("test-hmp", 7)]
    [TestCase("device-introspect-test", 6)]
    [TestCase("machine-none-test", 1)]
    [TestCase("cpu-plug-test", 2)]
    [Category("Slow")]
    public async Task Programs_of_QEMU_pass(string program, int cases)
    {
        (int status, string output) = await RunAsync(program, ["-k"]);
        Assert.That((status, Passed().Count(output)), Is.EqualTo((0, cases)), output);
    }

    // Each in a process of its own: a failed one ends the whole process.
    [TestCaseSource(nameof(Migrations))]
    [Category("Slow")]
    public async Task Migration_of_QEMU_passes(string path)
    {
        string[] all = Everything ? ["--full", "-m", "slow"] : ["--full"];
        IReadOnlyList<string> paths = await PathsAsync(all);
        if (OfKvm.Any(path.EndsWith) && !paths.Contains(path)) Assert.Ignore("the program finds no /dev/kvm");
        string[] below = [.. paths.Where(p => p.StartsWith(path + "/", StringComparison.Ordinal)).SelectMany(p => (string[])["-s", p])];
        (int status, string output) = await RunAsync("migration-test", ["-k", .. all, "-p", path, .. below]);
        Assert.That((status, Passed().Count(output)), Is.EqualTo((0, 1)), output);
    }

    // A case is only there if the program finds what it needs; with a QEMU there are as many.
    [Test]
    [Category("Slow")]
    public async Task All_migrations_of_QEMU_are_registered()
    {
        IReadOnlyList<string> all = [.. await AllAsync()];
        string[] ofKvm = [.. all.Where(p => OfKvm.Any(p.EndsWith))];
        Assert.That(all, Has.Exactly(75 + ofKvm.Length).Items);
        Assert.That(ofKvm, Is.Empty.Or.Length.EqualTo(OfKvm.Length));
    }

    private static bool Everything => Environment.GetEnvironmentVariable(EverythingVariable) == "1";

    private static IEnumerable<string> Migrations()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } || !Everything) return Shard.Select(p => Root + p);
        return AllAsync().GetAwaiter().GetResult();
    }

    private static async Task<IEnumerable<string>> AllAsync() =>
        (await PathsAsync(["--full", "-m", "slow"])).Where(p => !OfDirtyRing.Any(p.EndsWith));

    private static async Task<IReadOnlyList<string>> PathsAsync(string[] words)
    {
        (_, string output) = await RunAsync("migration-test", [.. words, "-l"]);
        return [.. output.Split('\n').Where(line => line.StartsWith('/'))];
    }

    private static async Task<(int Status, string Output)> RunAsync(string program, string[] words)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } built) throw new IgnoreException($"{Variable} names no folder with QEMU's test programs");
        using var folder = new TemporaryFolder();
        string emulator = folder.File("qemu-system-x86_64");
        File.CreateSymbolicLink(emulator, EmulatorPrograms.PathOf(EmulatorKind.Qmpd));
        var start = new ProcessStartInfo(Path.Combine(built, "tests", "qtest", program), words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = built,
        };
        start.Environment["QTEST_QEMU_BINARY"] = emulator;
        start.Environment["TMPDIR"] = folder.Path;
        start.Environment["PYTHON"] = "/usr/bin/python3"; // started as it is
        start.Environment["QEMU_TEST_FLAKY_TESTS"] = "1";
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
            await process.WaitForExitAsync().WaitAsync(Patience);
            return (process.ExitCode, output + await errors.WaitAsync(Patience));
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    // Cases below the one that is meant are registered and left out.
    [GeneratedRegex("^ok (?!.*# SKIP)", RegexOptions.Multiline)]
    private static partial Regex Passed();
}
