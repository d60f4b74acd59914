using Newtonsoft.Json.Linq;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>Migrations to commands (<c>exec:</c>): when they are over, and what becomes of the command.</summary>
[Category("Slow")]
[TestFixture, Parallelizable]
internal sealed class CommandTests
{
    /// <summary>Far less than a command that is not ended would take, far more than ending it takes.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(4);

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    // The command reads its stream to the end and then waits for a word. Meanwhile QEMU's monitor does not answer.
    [Test]
    public async Task Completed_means_that_the_command_has_ended()
    {
        await using EmulatorProcess source = await StartAsync(EmulatorKind.Qmpd);
        await source.Migration.MigrateAsync(new() { Uri = WaitingCommand() });
        await AnswerAsync("read");
        Assert.That((await source.QueryMigrateAsync()).Status, Is.EqualTo(MigrationStatus.Device));
        Assert.That(File.Exists(_folder.File("saved")), Is.False);
        await File.WriteAllTextAsync(_folder.File("go"), "go\n");
        await source.Events.WhenAsync(MigrationStatus.Completed);
        Assert.That(File.Exists(_folder.File("saved")));
    }

    [Test]
    public async Task Quit_waits_for_a_command_that_has_everything([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        await using EmulatorProcess source = await StartAsync(kind);
        await source.Migration.MigrateAsync(new() { Uri = WaitingCommand() });
        await AnswerAsync("read");
        Task quit = source.Monitor.ExecuteRawAsync("quit").AsTask();
        await File.WriteAllTextAsync(_folder.File("go"), "go\n");
        Assert.That(await source.Exit.WaitAsync(EventLog.Patience), Is.Zero);
        Assert.That(File.Exists(_folder.File("saved")));
        await quit.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    // Nobody reads the FIFO, so that the shell does not even come to starting cat.
    [Test]
    public async Task Command_that_is_cut_off_is_ended([Values("cancel", "quit", "yank")] string how)
    {
        await using EmulatorProcess source = await StartAsync(EmulatorKind.Qmpd);
        MakeFifo("fifo");
        await source.Migration.MigrateAsync(new() { Uri = $"exec:echo $$ > {_folder.File("pid")}; cat > {_folder.File("fifo")}" });
        await source.Events.WhenAsync(MigrationStatus.Active);
        string pid = await WhenWrittenAsync("pid");
        long start = TimeProvider.System.GetTimestamp();
        switch (how)
        {
            case "cancel":
                await source.Migration.MigrateCancelAsync(new());
                await source.Events.WhenAsync(MigrationStatus.Cancelled);
                break;
            case "yank":
                await source.Monitor.ExecuteRawAsync(
                    "yank", new JObject { ["instances"] = new JArray(new JObject { ["type"] = "migration" }) });
                await source.Events.WhenAsync(MigrationStatus.Failed);
                break;
            default:
                await source.Monitor.ExecuteRawAsync("quit");
                Assert.That(await source.Exit.WaitAsync(EventLog.Patience), Is.Zero);
                break;
        }

        while (Directory.Exists($"/proc/{pid}") && TimeProvider.System.GetElapsedTime(start) < Soon) await Task.Yield();
        Assert.That(Directory.Exists($"/proc/{pid}"), Is.False, "the command");
        Assert.That(TimeProvider.System.GetElapsedTime(start), Is.LessThan(Soon));
    }

    [TestCase("exec:sleep 0.1; exit 1")]
    [TestCase("exec:head -c 100 > /dev/null")]
    public async Task Command_that_ends_early_is_the_reason(string uri)
    {
        await CheckAsync(EmulatorKind.Qmpd);
        Requirement.Check(EmulatorKind.Qemu);
        await CheckAsync(EmulatorKind.Qemu);

        async Task CheckAsync(EmulatorKind kind)
        {
            await using EmulatorProcess source = await StartAsync(kind);
            await source.Migration.MigrateAsync(new() { Uri = uri });
            await source.Events.WhenAsync(MigrationStatus.Failed);
            Assert.That(
                (await source.QueryMigrateAsync()).ErrorDesc, Is.EqualTo("Unable to write to command: Broken pipe"));
            await source.WhenComplaintAsync("Unable to write to command: Broken pipe");
            Assert.That(
                source.Complaints,
                Is.EqualTo(new[]
                {
                    "failed to save SaveStateEntry with id(name): 1(ram): -5",
                    "Unable to write to command: Broken pipe",
                }));
        }
    }

    [Test]
    public async Task Command_that_ends_at_once_is_the_reason([Values("exec:true", "exec:exit 3", "exec:kill -9 $$")] string uri)
    {
        await using EmulatorProcess source = await StartAsync(EmulatorKind.Qmpd);
        await source.Migration.MigrateAsync(new() { Uri = uri });
        await source.Events.WhenAsync(MigrationStatus.Failed);
        Assert.That((await source.QueryMigrateAsync()).ErrorDesc, Is.EqualTo("Unable to write to command: Broken pipe"));
    }

    [Test]
    public async Task Command_starts_with_every_signal_in_force([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        await using EmulatorProcess source = await StartAsync(kind);
        await source.Migration.MigrateAsync(
            new() { Uri = $"exec:grep -E 'Sig(Ign|Blk)' /proc/self/status > {_folder.File("signals")}; cat > /dev/null" });
        await source.Events.WhenAsync(MigrationStatus.Completed);
        string[] signals = await File.ReadAllLinesAsync(_folder.File("signals"));
        Assert.That(signals[0], Is.EqualTo("SigBlk:\t0000000000000000"));
        Assert.That(Mask(signals[1]) & ~InheritedIgnored(), Is.Zero, signals[1]);
    }

    // What this process was started with goes on to its children; the runtime adds SIGPIPE, but not for them.
    private static ulong InheritedIgnored()
    {
        string line = File.ReadAllLines("/proc/self/status").Single(l => l.StartsWith("SigIgn:", StringComparison.Ordinal));
        return Mask(line) & ~(1UL << 12);
    }

    private static ulong Mask(string line) => Convert.ToUInt64(line[^16..], 16);

    private async Task<EmulatorProcess> StartAsync(EmulatorKind kind)
    {
        EmulatorProcess source = await EmulatorProcess.StartAsync(kind, $"src-{kind}", _folder);
        await source.SwitchOnAsync();
        return source;
    }

    // Says "read" on one FIFO when it has read everything, and ends when it is told to on the other.
    private string WaitingCommand()
    {
        MakeFifo("read");
        MakeFifo("go");
        return $"exec:cat > {_folder.File("part")}; echo read > {_folder.File("read")}; read word < {_folder.File("go")}; "
            + $"mv {_folder.File("part")} {_folder.File("saved")}";
    }

    private async Task AnswerAsync(string fifo)
    {
        using var reader = new StreamReader(_folder.File(fifo));
        Assert.That(await reader.ReadLineAsync().WaitAsync(EventLog.Patience), Is.EqualTo(fifo));
    }

    private async Task<string> WhenWrittenAsync(string name)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            string path = _folder.File(name);
            if (File.Exists(path) && await File.ReadAllTextAsync(path) is { } text && text.EndsWith('\n')) return text.Trim();
            if (TimeProvider.System.GetElapsedTime(start) > EventLog.Patience) throw new TimeoutException($"no {name}");
            await Task.Yield();
        }
    }

    private void MakeFifo(string name) =>
        Assert.That(Qmp.Linux.Files.MakeFifo(_folder.File(name), 0x180), Is.Zero);
}
