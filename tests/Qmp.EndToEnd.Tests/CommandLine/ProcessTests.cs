using System.Globalization;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary>qmpd as a process among others: files, signals, descriptors, standard error. QEMU behaves the same.</summary>
[TestFixture]
internal sealed class ProcessTests
{
    private const int Terminate = 15;

    private static readonly string[] Monitor = ["-M", "none", "-qmp", "stdio"];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task A_pidfile_belongs_to_one_process()
    {
        string path = _folder.File("pid");
        using QmpdRun first = QmpdRun.Start([.. Monitor, "-pidfile", path]);
        await first.GreetsAsync();
        Assert.That(File.ReadAllText(path), Is.EqualTo($"{first.Id}\n"));
        Assert.That(
            new FileInfo(path).UnixFileMode, Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));

        using QmpdRun second = QmpdRun.Start([.. Monitor, "-pidfile", path]);
        Assert.That(await second.ExitAsync(), Is.EqualTo(1));
        Assert.That(second.Errors, Is.EqualTo(
            "qmpd: cannot create PID file: Cannot lock pid file: Resource temporarily unavailable\n"));
        Assert.That(File.ReadAllText(path), Is.EqualTo($"{first.Id}\n"));

        first.Signal(Terminate);
        Assert.That(await first.ExitAsync(), Is.Zero);
        Assert.That(File.Exists(path), Is.False);
    }

    [Test]
    public async Task A_pidfile_that_was_replaced_stays()
    {
        string path = _folder.File("pid");
        using QmpdRun run = QmpdRun.Start([.. Monitor, "-pidfile", path]);
        await run.GreetsAsync();
        File.Move(path, path + ".old");
        File.WriteAllText(path, "another's");
        run.Signal(Terminate);
        Assert.That(await run.ExitAsync(), Is.Zero);
        Assert.That(File.ReadAllText(path), Is.EqualTo("another's"));
        Assert.That(File.Exists(path + ".old"));
    }

    [Test]
    public async Task A_pidfile_in_no_folder_is_refused()
    {
        using QmpdRun run = QmpdRun.Start([.. Monitor, "-pidfile", "/nonexistent/pid"]);
        Assert.That(await run.ExitAsync(), Is.EqualTo(1));
        Assert.That(run.Errors, Is.EqualTo(
            "qmpd: cannot create PID file: Could not create '/nonexistent/pid': No such file or directory\n"));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(15)]
    public async Task A_signal_that_ends_it_is_told_with_its_sender(int signal)
    {
        using QmpdRun run = QmpdRun.Start(Monitor);
        await run.GreetsAsync();
        run.Signal(signal);
        Assert.That(await run.ExitAsync(), Is.Zero);
        string name = File.ReadAllText("/proc/self/cmdline").Split('\0')[0];
        Assert.That(run.Errors, Is.EqualTo(string.Create(
            CultureInfo.InvariantCulture, $"qmpd: terminating on signal {signal} from pid {Environment.ProcessId} ({name})\n")));
    }

    [TestCase(1, "HUP")]
    [TestCase(2, "INT")]
    [TestCase(15, "TERM")]
    public async Task A_signal_that_it_was_to_ignore_ends_it_all_the_same(int signal, string name)
    {
        using QmpdRun run = QmpdRun.StartAfter($"trap '' {name}", Monitor);
        await run.GreetsAsync();
        run.Signal(signal);
        Assert.That(await run.ExitAsync(), Is.Zero);
        Assert.That(run.Errors, Does.StartWith($"qmpd: terminating on signal {signal} from pid "));
    }

    [TestCase(10, TestName = "SIGUSR1 changes nothing")]
    [TestCase(14, TestName = "SIGALRM changes nothing")]
    [TestCase(29, TestName = "SIGIO changes nothing")]
    [TestCase(13, TestName = "SIGPIPE changes nothing")]
    public async Task A_signal_for_other_uses_changes_nothing(int signal)
    {
        using QmpdRun run = QmpdRun.Start(Monitor);
        await run.GreetsAsync();
        run.Signal(signal);
        Assert.That(await run.AskAsync("{\"execute\": \"qmp_capabilities\"}"), Is.EqualTo("{\"return\": {}}"));
    }

    [Test]
    public async Task A_full_disk_ends_the_log_and_nothing_else()
    {
        using QmpdRun run = QmpdRun.Start([.. Monitor, "-D", "/dev/full", "-d", "trace:*"]);
        await run.GreetsAsync();
        await run.AskAsync("{\"execute\": \"qmp_capabilities\"}");
        await run.AskAsync("{\"execute\": \"stop\"}");
        await run.AskAsync("{\"execute\": \"quit\"}");
        Assert.That(await run.ExitAsync(), Is.Zero);
        Assert.That(run.Errors, Is.EqualTo(
            "qmpd: cannot write to the log /dev/full, which ends here: No space left on device : '/dev/full'\n"));
    }

    [Test]
    public async Task The_process_id_can_be_in_the_name_of_the_log()
    {
        using QmpdRun run = QmpdRun.Start([.. Monitor, "-D", _folder.File("log-%d"), "-d", "trace:*"]);
        await run.GreetsAsync();
        Assert.That(File.Exists(_folder.File($"log-{run.Id}")));
    }

    [Test]
    public async Task It_leaves_nothing_in_the_folder_for_temporary_files()
    {
        using QmpdRun run = QmpdRun.StartIn(_folder.Path, Monitor);
        await run.GreetsAsync();
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path), Is.Empty);
    }

    [Test]
    public async Task Descriptors_are_taken_that_were_inherited_and_no_others()
    {
        using QmpdRun inherited = QmpdRun.StartAfter("exec 7</dev/null", [.. Monitor, "-add-fd", "fd=7,set=1"]);
        await inherited.GreetsAsync();

        // The runtime has opened these by then.
        for (int descriptor = 3; descriptor < 7; descriptor++)
        {
            using QmpdRun own = QmpdRun.Start([.. Monitor, "-add-fd", $"fd={descriptor},set=1"]);
            Assert.That(await own.ExitAsync(), Is.EqualTo(1));
            Assert.That(own.Errors, Is.EqualTo(
                $"qmpd: -add-fd fd={descriptor},set=1: fd is not valid or already in use\n"));
        }
    }

    [Test]
    public async Task With_few_descriptors_it_serves_or_says_what_it_needs()
    {
        using QmpdRun run = QmpdRun.StartAfter("ulimit -n 80", Monitor);
        if (File.Exists(QmpdRun.Program + ".dll"))
        {
            Assert.That(await run.ExitAsync(), Is.EqualTo(1));
            Assert.That(run.Errors, Does.Match("^qmpd: needs [0-9]+ file descriptors, and may open 80 .*\n$"));
        }
        else
        {
            await run.GreetsAsync();
        }
    }

    [Test]
    public async Task A_monitor_that_waits_says_so()
    {
        string path = _folder.File("monitor");
        string option = $"unix:{path},server=on";
        using QmpdRun run = QmpdRun.Start("-M", "none", "-qmp", "stdio", "-qmp", option);
        await run.GreetsAsync();
        Assert.That(await run.NextErrorAsync(), Is.EqualTo(
            $"qmpd: -qmp {option}: info: QEMU waiting for connection on: disconnected:unix:{path},server=on"));
    }

    // Who has become another user may lock little, and what comes later does not count.
    [Test]
    public async Task Locked_memory_and_another_user_do_not_end_it()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Ignore("Only root becomes another user");
        using QmpdRun run = QmpdRun.Start("-M", "none", "-overcommit", "mem-lock=on", "-run-with", "user=nobody", "-qmp", "stdio");
        await run.GreetsAsync();
        await run.AskAsync("{\"execute\":\"qmp_capabilities\"}");
        string status = "";
        for (int i = 0; i < 200 && !status.Contains("\nUid:\t65534\t", StringComparison.Ordinal); i++)
        {
            await Task.Delay(20); // it is another user just after the start
            status = await File.ReadAllTextAsync($"/proc/{run.Id}/status");
        }

        Assert.That(status, Does.Match("(?m)^Uid:\\s+65534\\s").And.Not.Match("(?m)^VmLck:\\s+0 kB"));
        await run.AskAsync("{\"execute\":\"quit\"}");
        Assert.That(await run.ExitAsync(), Is.Zero, () => run.Errors);
    }

    [Test]
    public async Task Messages_begin_with_the_time_and_the_guest_where_that_is_asked_for()
    {
        using QmpdRun run = QmpdRun.Start(
            [.. Monitor, "-msg", "timestamp=on,guest-name=on", "-name", "vm", "-pidfile", "/nonexistent/pid"]);
        Assert.That(await run.ExitAsync(), Is.EqualTo(1));
        Assert.That(run.Errors, Does.Match(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z vm qmpd: cannot create PID file: "));
    }
}
