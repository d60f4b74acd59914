using Newtonsoft.Json.Linq;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>FIFOs that nobody has opened at the other end: they hold nothing up for good.</summary>
[Category("Slow")]
[TestFixture, Parallelizable]
internal sealed class FifoTests
{
    private TemporaryFolder _folder = null!;
    private string _fifo = "";

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _fifo = _folder.File("fifo");
        Assert.That(Qmp.Linux.Files.MakeFifo(_fifo, 0x180), Is.Zero);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    // QEMU gives the same answer once somebody reads the FIFO, and none before.
    [Test]
    public async Task Migration_to_one_is_refused([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        await using EmulatorProcess source = await EmulatorProcess.StartAsync(kind, "src", _folder);
        // To open a FIFO takes until the other end is open.
        Task<byte[]> read = kind == EmulatorKind.Qemu
            ? Task.Run(() => File.ReadAllBytes(_fifo))
            : Task.FromResult<byte[]>([]);
        Assert.That(
            await source.Monitor.RefusalAsync("migrate", new JObject { ["uri"] = $"file:{_fifo}" }),
            Is.EqualTo("failed to truncate migration file to offset 0: Invalid argument"));
        Assert.That((await source.QueryMigrateAsync()).Status, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(await read.WaitAsync(EventLog.Patience), Is.Empty);
    }

    [Test]
    public async Task Machine_that_waits_for_a_stream_in_one_can_be_ended([Values] bool terminated)
    {
        await using EmulatorProcess destination =
            await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, "dst", _folder, "-incoming", "defer");
        await destination.Migration.MigrateIncomingAsync(new() { Uri = $"file:{_fifo}" });
        Assert.That((await destination.QueryMigrateAsync()).Status, Is.EqualTo(MigrationStatus.Setup));
        if (terminated) destination.Terminate();
        else await destination.Monitor.ExecuteRawAsync("quit");
        Assert.That(await destination.Exit.WaitAsync(EventLog.Patience), Is.Zero);
    }

    [Test]
    public async Task Stream_in_one_is_loaded()
    {
        await using EmulatorProcess source = await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, "src", _folder);
        await using EmulatorProcess destination =
            await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, "dst", _folder, "-incoming", "defer");
        await destination.SwitchOnAsync();
        await source.SwitchOnAsync();
        await destination.Migration.MigrateIncomingAsync(new() { Uri = $"file:{_fifo}" });
        await source.Migration.MigrateAsync(new() { Uri = $"exec:cat > {_fifo}" });
        await destination.Events.WhenAsync(MigrationStatus.Completed);
        await source.Events.WhenAsync(MigrationStatus.Completed);
    }

    [Test]
    public async Task Memory_that_is_saved_to_one_does_not_outlive_the_machine()
    {
        await using EmulatorProcess machine = await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, "vm", _folder);
        Task saving = machine.Machine.PmemsaveAsync(new() { Val = 0, Size = 4096, Filename = _fifo }).AsTask();
        machine.Terminate();
        Assert.That(await machine.Exit.WaitAsync(EventLog.Patience), Is.Zero);
        await saving.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Test]
    public async Task Memory_without_an_end_does_not_outlive_the_machine()
    {
        await using EmulatorProcess machine = await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, "vm", _folder);
        Task saving = machine.Machine.PmemsaveAsync(new() { Val = 0, Size = 1L << 53, Filename = "/dev/null" }).AsTask();
        machine.Terminate();
        Assert.That(await machine.Exit.WaitAsync(EventLog.Patience), Is.Zero);
        await saving.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Test]
    public async Task Full_disk_is_said_with_the_name_of_the_file([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        await using EmulatorProcess machine = await EmulatorProcess.StartAsync(kind, "vm", _folder);
        Assert.That(
            await machine.Monitor.RefusalAsync(
                "pmemsave",
                new JObject { ["val"] = 0, ["size"] = 1 << 20, ["filename"] = "/dev/full" }),
            Is.EqualTo("writing memory to '/dev/full' failed"));
    }
}
