using Qmp.Libvirt.Tests.Bench;

namespace Qmp.Libvirt.Tests;

/// <summary>Migrations that come to their end.</summary>
internal sealed class MigrationTests : LibvirtTests
{
    private const string Vm = DomainXml.DefaultName;

    [TestCase("unix")]
    [TestCase("tcp")]
    [TestCase("tunnelled")]
    public async Task Running_guest_moves(string route)
    {
        await StartAsync();
        string memory = await ChecksumAsync(A);
        await A.RunAsync(route switch
        {
            "tcp" => ["migrate", "--live", "--p2p", Vm, B.Uri, "--migrateuri", "tcp://10.99.0.1"],
            "tunnelled" => ["migrate", "--live", "--p2p", "--tunnelled", Vm, B.Uri],
            _ => Migrate(),
        });
        await AwaitMovedAsync();
        Assert.That(await ChecksumAsync(B), Is.EqualTo(memory));
        Assert.That(
            await B.RunAsync("domjobinfo", Vm, "--completed"),
            Does.Match(@"Job type: +Completed[\s\S]*Operation: +Incoming migration[\s\S]*Memory total: +\S"));
    }

    [Test]
    public async Task Client_manages_a_migration_there_and_back()
    {
        await StartAsync();
        string memory = await ChecksumAsync(A);
        await A.RunAsync("migrate", "--live", Vm, B.Uri, "--migrateuri", $"unix://{Bench.Folder}/there");
        await AwaitMovedAsync();
        await B.RunAsync("migrate", "--live", Vm, A.Uri, "--migrateuri", $"unix://{Bench.Folder}/back");
        await A.AwaitStateAsync("running (migrated)");
        Assert.That(await ChecksumAsync(A), Is.EqualTo(memory));
    }

    [Test]
    public async Task Paused_guest_moves_to_the_last_byte()
    {
        await StartAsync();
        await A.RunAsync("suspend", Vm);
        string memory = await ChecksumOfAllAsync(A);
        await A.RunAsync(Migrate());
        await B.AwaitStateAsync("paused");
        Assert.That(await ChecksumOfAllAsync(B), Is.EqualTo(memory));
        await B.RunAsync("resume", Vm);
        await B.AwaitStateAsync("running");
    }

    [Test]
    public async Task Guest_that_is_not_to_run_arrives_paused()
    {
        await StartAsync();
        await A.RunAsync(Migrate("--suspend"));
        await B.AwaitStateAsync("paused");
    }

    [Test]
    public async Task Description_moves_along()
    {
        await StartAsync();
        await A.RunAsync(Migrate("--persistent", "--undefinesource"));
        await B.AwaitStateAsync("running");
        await A.AwaitNothingAsync();
        Assert.That(await B.RunAsync("dominfo", Vm), Does.Match("Persistent: +yes"));
    }

    [Test]
    public async Task Guest_with_the_usual_devices_moves()
    {
        await StartAsync(UsualDomain.Of(Domain, Bench.Folder));
        string memory = await ChecksumAsync(A);
        await A.RunAsync(Migrate("--unsafe"));
        await AwaitMovedAsync();
        Assert.That(await ChecksumAsync(B), Is.EqualTo(memory));
    }

    [Test]
    public async Task Domain_that_moved_is_found_by_a_daemon_that_restarts()
    {
        await StartAsync();
        await A.RunAsync(Migrate());
        await AwaitMovedAsync();
        await B.StopAsync();
        await B.StartAsync();
        await B.AwaitStateAsync("running");
        await B.RunAsync("shutdown", Vm);
        await B.AwaitNothingAsync();
    }
}
