using Qmp.Libvirt.Tests.Bench;

namespace Qmp.Libvirt.Tests;

/// <summary>Migrations that would not end by themselves: the guest writes faster than they may send.</summary>
internal sealed class MigrationControlTests : LibvirtTests
{
    private const string Vm = DomainXml.DefaultName;

    [Test]
    public async Task Job_is_watched_changed_and_cancelled()
    {
        await StartAsync();
        Task<(int Status, string Text)> migration = A.TryAsync(Migrate(Slowly));
        await A.AwaitAsync("Memory bandwidth:", "domjobinfo", Vm);
        Assert.That(
            await A.RunAsync("domjobinfo", Vm), Does.Match(@"Job type: +Unbounded[\s\S]*Operation: +Outgoing migration"));
        await A.RunAsync("migrate-setspeed", Vm, "25");
        Assert.That(await A.RunAsync("migrate-getspeed", Vm), Is.EqualTo("25"));
        await A.RunAsync("migrate-setmaxdowntime", Vm, "10");
        Assert.That(await A.RunAsync("migrate-getmaxdowntime", Vm), Is.EqualTo("10"));
        await A.RunAsync("domjobabort", Vm);
        (int status, string text) = await migration;
        Assert.That(status, Is.EqualTo(1));
        Assert.That(text, Does.Contain("canceled by client"));
        await A.AwaitStateAsync("running");
        await B.AwaitNothingAsync();
    }

    [Test]
    public async Task Guest_is_stopped_when_time_is_up()
    {
        await StartAsync();
        await A.RunAsync(Migrate([.. Slowly, "--timeout", "1", "--timeout-suspend"]));
        await AwaitMovedAsync();
    }

    [Test]
    public async Task Guest_is_slowed_down_until_it_converges()
    {
        await StartAsync();
        await A.RunAsync(Migrate(
            "--auto-converge", "--auto-converge-initial", "50", "--auto-converge-increment", "20",
            "--bandwidth", "60", "--timeout", "15", "--timeout-suspend"));
        await AwaitMovedAsync();
    }

    [Test]
    public async Task Killed_destination_leaves_the_source_running()
    {
        await StartAsync();
        string memory = await ChecksumAsync(A);
        Task<(int Status, string Text)> migration = A.TryAsync(Migrate(Slowly));
        await A.AwaitAsync("Memory bandwidth:", "domjobinfo", Vm);
        await B.KillAsync();
        Assert.That((await migration).Status, Is.EqualTo(1));
        await A.AwaitStateAsync("running");
        await B.AwaitNothingAsync();
        Assert.That(await ChecksumAsync(A), Is.EqualTo(memory));
    }

    [Test]
    public async Task Killed_source_leaves_nothing_at_the_destination()
    {
        await StartAsync();
        Task<(int Status, string Text)> migration = A.TryAsync(Migrate(Slowly));
        await A.AwaitAsync("Memory bandwidth:", "domjobinfo", Vm);
        await A.KillAsync();
        Assert.That((await migration).Status, Is.EqualTo(1));
        await A.AwaitStateAsync("shut off (crashed)");
        await B.AwaitNothingAsync();
    }

    [Test]
    public async Task Destroyed_source_leaves_nothing_at_the_destination()
    {
        await StartAsync();
        Task<(int Status, string Text)> migration = A.TryAsync(Migrate(Slowly));
        await A.AwaitAsync("Memory bandwidth:", "domjobinfo", Vm);
        await A.RunAsync("destroy", Vm);
        Assert.That((await migration).Status, Is.EqualTo(1));
        await A.AwaitStateAsync("shut off");
        await B.AwaitNothingAsync();
    }

    [Test]
    public async Task Daemon_that_dies_at_the_source_leaves_the_guest_there()
    {
        await StartAsync();
        string process = A.ProcessOf();
        Task<(int Status, string Text)> migration = A.TryAsync(Migrate(Slowly));
        await A.AwaitAsync("Memory bandwidth:", "domjobinfo", Vm);
        await A.KillDaemonAsync();
        Assert.That((await migration).Status, Is.Not.Zero);
        await A.StartAsync();
        await A.AwaitStateAsync("running");
        Assert.That(A.ProcessOf(), Is.EqualTo(process));
        await B.AwaitNothingAsync();
        await A.AwaitAsync("None", "domjobinfo", Vm);
        await A.RunAsync(Migrate("--timeout", "1", "--timeout-suspend"));
        await AwaitMovedAsync();
    }
}
