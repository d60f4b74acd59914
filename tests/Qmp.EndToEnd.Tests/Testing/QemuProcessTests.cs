using Qmp.Api;
using Qmp.Client;
using Qmp.Client.Migration;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Testing;

/// <summary>Emulators that are started, talked to and ended.</summary>
[TestFixture]
internal sealed class QemuProcessTests
{
    private readonly StringWriter _output = new() { NewLine = "\n" };

    private StringWriter Console => _output;

    private static string Qmpd => Environment.GetEnvironmentVariable("QMPD") is { Length: > 0 } path
        ? Path.GetFullPath(path)
        : Path.Combine(Repository.Root, "artifacts/bin/qmpd/release/qmpd");

    [OneTimeTearDown]
    public void TearDown() => _output.Dispose();

    [TestCase("qmpd")]
    [TestCase("qemu", Category = "Slow")]
    public async Task The_usual_job(string kind)
    {
        string program = Program(kind);
        _output.GetStringBuilder().Clear();
        // snippet: job
        await using QemuProcess source = await QemuProcess.StartAsync(program, "-M", "none", "-m", "64M");
        await using QemuProcess target = await QemuProcess.StartAsync(program, "-M", "none", "-m", "64M", "-incoming", $"unix:{source.File("mig")}");
        QmpConnection vm = source.Qmp;
        Console.WriteLine((await vm.QueryStatusAsync()).Status);
        Console.WriteLine(await vm.ExecuteAndWaitAsync("stop", null, e => e.Name == "STOP", TimeSpan.FromSeconds(5)));
        try { await vm.DeviceDelAsync(new() { Id = "nic0" }); }
        catch (QmpCommandException e) { Console.WriteLine(e.Message); }
        MigrationResult result = await vm.RunMigrationAsync(new()
        {
            Uri = $"unix:{source.File("mig")}",
            Progress = new Progress<MigrationProgress>(p => Console.WriteLine($"{p.Status}: {p.RemainingBytes} bytes left")),
        });
        Console.WriteLine(result.Outcome);
        // end
        string output = _output.ToString();
        Assert.That(output, Does.StartWith("Running\nSTOP\ndevice_del: Device 'nic0' not found (DeviceNotFound)\n"));
        Assert.That(output, Does.Contain("bytes left\n"));
        Assert.That(output, Does.Contain("Completed\n"));
        Assert.That(await source.ShutdownAsync(), Is.Zero);

        // The source is the first to know.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        RunState state;
        do state = (await target.Qmp.QueryStatusAsync(limit.Token)).Status;
        while (state == RunState.Inmigrate);
        Assert.That(state, Is.EqualTo(RunState.Paused));
    }

    [TestCase("qmpd")]
    [TestCase("qemu", Category = "Slow")]
    public async Task Nothing_of_it_stays(string kind)
    {
        string folder;
        int id;
        await using (QemuProcess vm = await QemuProcess.StartAsync(Program(kind), "-M", "none"))
        {
            id = vm.Id;
            folder = Path.GetDirectoryName(vm.MonitorPath)!;
            // The second monitor is for others.
            await using QmpConnection other = await QmpConnection.ConnectUnixAsync(vm.MonitorPath);
            Assert.That((await other.QueryStatusAsync()).Running, Is.True);
        }

        Assert.That(Directory.Exists(folder), Is.False);
        Assert.That(Directory.Exists($"/proc/{id}"), Is.False);
    }

    [TestCase("qmpd")]
    [TestCase("qemu", Category = "Slow")]
    public async Task One_that_does_not_start_says_why(string kind)
    {
        QemuStartException? e = await Assert.ThrowsAsync<QemuStartException>(
            () => QemuProcess.StartAsync(Program(kind), "-M", "none", "-device", "no-such-device"));
        Assert.That(e!.Message, Does.Contain("ended with status 1").And.Contain("'no-such-device' is not a valid device model name"));
    }

    [Test]
    public async Task There_may_be_no_such_program() => Assert.That(
        (await Assert.ThrowsAsync<QemuStartException>(() => QemuProcess.StartAsync("/nowhere/qemu")))!.Message,
        Does.StartWith("/nowhere/qemu cannot be started"));

    [Test]
    public async Task A_program_that_is_no_QEMU_is_given_up()
    {
        using var folder = new TemporaryFolder();
        string program = folder.File("sleeper");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho no QEMU >&2\nexec sleep 60\n");
#pragma warning disable CA1416 // nothing here is for Windows
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        QemuStartException? e = await Assert.ThrowsAsync<QemuStartException>(() => QemuProcess.StartAsync(
            new QemuProcessOptions { Program = program, StartTimeout = TimeSpan.FromMilliseconds(300) }));
        Assert.That(e!.Message, Does.Contain("has not connected to its monitor within 0.3 s"));
    }

    [Test]
    public async Task One_that_is_killed_ends_by_a_signal()
    {
        await using QemuProcess vm = await QemuProcess.StartAsync(Qmpd, "-M", "none");
        vm.Kill();
        Assert.That(await vm.Exit.Guarded(), Is.EqualTo(-9));
        Assert.That((await vm.Qmp.Completion.Guarded()).Reason, Is.EqualTo(DisconnectReason.ClosedByPeer));
        Assert.That(await vm.ShutdownAsync(), Is.EqualTo(-9));
    }

    [Test]
    public async Task What_it_prints_is_told()
    {
        var lines = new List<string>();
        await using QemuProcess vm = await QemuProcess.StartAsync(
            new QemuProcessOptions { Program = Qmpd, Printed = lines.Add }, "-M", "none", "-d", "trace:no_such_event*");
        await vm.ShutdownAsync();
        Assert.That(string.Join('\n', lines), Does.Contain("no_such_event"));
        Assert.That(vm.StandardError, Does.Contain("no_such_event"));
    }

    [Test]
    public async Task A_daemon_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => QemuProcess.StartAsync(Qmpd, "-daemonize"));

    private static string Program(string kind)
    {
        if (kind == "qemu") return Qemu.Require();
        if (!File.Exists(Qmpd)) Assert.Ignore("needs a Release build of qmpd");
        return Qmpd;
    }
}
