using Qmp.Api;
using Qmp.Client;
using Qmp.Client.Migration;
using Qmp.Conversations;
using Qmp.Conversations.Files;
using Qmp.Conversations.Replay;
using Qmp.Emulator.Options;
using Qmp.Testing;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Testing;

/// <summary>The harness for tests of others, used as its README shows.</summary>
[TestFixture]
internal sealed class TestVmTests
{
    private readonly StringWriter _output = new();

    private StringWriter Console => _output;

    [OneTimeTearDown]
    public void TearDown() => _output.Dispose();

    [Test]
    public async Task A_machine_and_its_monitor()
    {
        // snippet: machine
        await using TestVm vm = await TestVm.StartAsync("-M", "none", "-m", "64M", "-S");
        await using QmpConnection qmp = await vm.ConnectAsync();
        StatusInfo status = await qmp.QueryStatusAsync();
        await qmp.ExecuteAndWaitAsync("cont", null, e => e.Name == "RESUME", TimeSpan.FromSeconds(5));
        await qmp.ExecuteUntilDisconnectAsync("quit");
        int exitStatus = await vm.Exit;
        // end
        Assert.That(status.Status, Is.EqualTo(RunState.Prelaunch));
        Assert.That(exitStatus, Is.Zero);
    }

    [Test]
    public async Task A_migration_that_breaks_at_a_named_point()
    {
        // snippet: breaks
        var network = new TestNetwork();
        var options = new TestVmOptions { Network = network };
        await using TestVm source = await TestVm.StartAsync(options, "-m", "64M");
        await using TestVm destination = await TestVm.StartAsync(options, "-m", "64M", "-incoming", "unix:there");
        source.WriteMemory(0x10000, "guest data"u8);
        destination.Faults.Set(new() { Point = FaultPoint.RamLoad, Action = FaultAction.Close });

        await using QmpConnection qmp = await source.ConnectAsync();
        MigrationResult result = await qmp.RunMigrationAsync(new() { Uri = "unix:there" });
        Console.WriteLine($"{result.Outcome}, destination exited with {await destination.Exit}");
        // end
        Assert.That(result.Outcome, Is.EqualTo(MigrationOutcome.Failed));
        Assert.That(_output.ToString(), Is.EqualTo("Failed, destination exited with 1\n"));
        Assert.That(destination.StandardError, Does.Contain("load of migration failed"));
    }

    [Test]
    public async Task A_recording_is_a_test()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Recordings", "parameters.jsonl");
        // snippet: recording
        var replayer = new ConversationReplayer(
            new InProcessTarget(TimeProvider.System), new ReplayOptions { Time = TimeProvider.System });
        foreach (Conversation conversation in ConversationFile.Load(file).Take(3))
        {
            ReplayResult result = await replayer.ReplayAsync(conversation);
            Assert.That(result.Passed, Is.True, $"{conversation}: {result.Detail}");
        }
        // end
    }

    [Test]
    public async Task Memory_moves_over_a_network_in_memory()
    {
        var options = new TestVmOptions { Network = new TestNetwork { Link = new() { Bandwidth = 100_000_000 } } };
        await using TestVm source = await TestVm.StartAsync(options, "-m", "16M");
        await using TestVm destination = await TestVm.StartAsync(options, "-m", "16M", "-incoming", "tcp:there:4444");
        source.WriteMemory(0x10000, "guest data"u8);
        await using QmpConnection qmp = await source.ConnectAsync();
        MigrationResult result = await qmp.RunMigrationAsync(new() { Uri = "tcp:there:4444" });
        Assert.That(result.Outcome, Is.EqualTo(MigrationOutcome.Completed));
        Assert.That(destination.ReadMemory(0x10000, 10), Is.EqualTo("guest data"u8.ToArray()));
    }

    [Test]
    public async Task Each_monitor_has_a_client()
    {
        await using TestVm vm = await TestVm.StartAsync("-S");
        await using QmpConnection one = await vm.ConnectAsync();
        await using QmpConnection other = await QmpConnection.ConnectAsync(vm.AddMonitor());
        using EventSubscription events = other.Subscribe();
        await one.ExecuteRawAsync("cont");
        await other.ExecuteRawAsync("query-status");
        Assert.That(events.TryRead(out QmpEvent? resumed) ? resumed.Name : null, Is.EqualTo("RESUME"));
    }

    [Test]
    public async Task A_killed_machine_says_nothing_more()
    {
        await using TestVm vm = await TestVm.StartAsync("-S");
        await using QmpConnection qmp = await vm.ConnectAsync();
        vm.Kill();
        Assert.That(await vm.Exit, Is.EqualTo(-9));
        await qmp.Completion.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That(async () => await vm.ConnectAsync(), Throws.InstanceOf<QmpConnectException>());
    }

    [Test]
    public async Task Terminating_ends_it_as_a_signal_does()
    {
        await using TestVm vm = await TestVm.StartAsync("-S");
        vm.Terminate();
        Assert.That(await vm.Exit, Is.Zero);
    }

    [Test]
    public async Task A_number_is_no_descriptor_of_this_process()
    {
        using var folder = new TemporaryFolder();
        using var file = new FileStream(folder.File("mine"), FileMode.CreateNew);
        await using (TestVm vm = await TestVm.StartAsync("-M", "none", "-incoming", "defer"))
        {
            await using QmpConnection qmp = await vm.ConnectAsync();
            await qmp.ExecuteRawAsync(
                "migrate-incoming", new() { ["uri"] = $"fd:{file.SafeFileHandle.DangerousGetHandle()}", ["exit-on-error"] = false });
        }

        Assert.That(() => file.WriteByte(1), Throws.Nothing);
    }

    [Test]
    public async Task A_command_that_waits_for_ever_does_not_keep_it_from_ending()
    {
        using var folder = new TemporaryFolder();
        string fifo = folder.File("fifo");
        using (var make = System.Diagnostics.Process.Start("mkfifo", fifo)) await make.WaitForExitAsync();
        TestVm vm = await TestVm.StartAsync("-M", "none");
        await using QmpConnection qmp = await vm.ConnectAsync();
        Task saving = qmp.ExecuteRawAsync(
            "pmemsave", new() { ["val"] = 0, ["size"] = 4096, ["filename"] = fifo }).AsTask();
        await vm.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That(async () => await saving, Throws.InstanceOf<QmpException>());
    }

    [Test]
    public void A_command_line_that_is_refused() =>
        Assert.That(
            async () => await TestVm.StartAsync("-M", "nonesuch"),
            Throws.InstanceOf<CommandLineException>().With.Message.StartWith("unsupported machine type: \"nonesuch\""));
}
