using Qmp.Api;
using Qmp.Client;
using Qmp.Client.Migration;
using Qmp.Testing;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Driving;

/// <summary>Whole migrations by the driver, in virtual time; the README of the driver shows pieces of these.</summary>
[TestFixture]
internal sealed class PostcopyTests
{
    private const int MemorySize = 16 << 20;
    private const string Busy = "x-workload,rate=20M,working-set=4M";

    private readonly StringWriter _output = new();

    private StringWriter Console => _output;

    [OneTimeTearDown]
    public void TearDown() => _output.Dispose();

    [Test]
    public Task A_migration_in_one_call() => MigrateAsync(null, async (_, source, _) =>
    {
        // snippet: migrate
        MigrationResult result = await source.RunMigrationAsync(new()
        {
            Uri = "unix:/run/dst.sock",
            Parameters = new() { DowntimeLimit = 100 },
            Progress = new Progress<MigrationProgress>(p => Console.WriteLine($"pass {p.Pass}: {p.Convergence}")),
        });
        // end
        return result;
    });

    [Test]
    public async Task A_guest_that_outruns_the_link_goes_ahead_and_is_recovered()
    {
        MigrationResult result = await MigrateAsync(Busy, async (time, source, destination) =>
        {
            Task breaking = BreakAsync(time, source, destination, times: 3);
            // snippet: postcopy
            await destination.MigrateSetCapabilitiesAsync(new()
            {
                Capabilities = [new() { Capability = MigrationCapability.PostcopyRam, State = true }],
            });
            MigrationResult result = await source.RunMigrationAsync(new()
            {
                Uri = "unix:/run/dst.sock",
                StartPostcopyWhen = p => p.IsOutrun || p.Elapsed > TimeSpan.FromMinutes(5),
                Recover = async (pause, stop) =>
                {
                    if (pause.Count > 10) return null;
                    string again = $"unix:/run/again{pause.Count}.sock";
                    await destination.PrepareRecoveryAsync(again, stop);
                    return again;
                },
            });
            Console.WriteLine($"{result.Outcome}, in postcopy: {result.WentAhead}, recovered: {result.Recoveries}");
            // end
            await breaking;
            return result;
        });
        Assert.That((result.WentAhead, result.Pauses, result.Recoveries), Is.EqualTo((true, 3, 3)));
        Assert.That(_output.ToString(), Does.EndWith("Completed, in postcopy: True, recovered: 3\n"));
    }

    [TestCase(0, 0)]
    [TestCase(2, 3)]
    public async Task Postcopy_starts_when_it_is_wanted(int passes, int atPass)
    {
        long? pass = null;
        MigrationResult result = await MigrateAsync(Busy, async (_, source, destination) =>
        {
            await AllowAsync(destination);
            return await source.RunMigrationAsync(new()
            {
                Uri = "unix:/run/dst.sock",
                // It takes a minute until it is asked without a reason.
                PollInterval = TimeSpan.FromMinutes(1),
                StartPostcopyWhen = p =>
                {
                    pass = p.Pass;
                    return p.Pass > passes || passes == 0;
                },
            });
        });
        Assert.That((pass, result.WentAhead, result.Pauses), Is.EqualTo(((long?)atPass, true, 0)));
    }

    [Test]
    public async Task A_guest_that_the_link_keeps_up_with_does_not_go_ahead()
    {
        MigrationResult result = await MigrateAsync("x-workload,rate=1M,working-set=4M", async (_, source, destination) =>
        {
            await AllowAsync(destination);
            return await source.RunMigrationAsync(new() { Uri = "unix:/run/dst.sock", StartPostcopyWhen = p => p.IsOutrun });
        });
        Assert.That((result.WentAhead, result.Info!.Ram!.PostcopyBytes), Is.EqualTo((false, 0UL)));
    }

    [Test]
    public async Task A_recovery_that_finds_nobody_is_tried_again()
    {
        MigrationResult result = await MigrateAsync(Busy, async (time, source, destination) =>
        {
            Task breaking = BreakAsync(time, source, destination, times: 1);
            await AllowAsync(destination);
            MigrationResult result = await source.RunMigrationAsync(new()
            {
                Uri = "unix:/run/dst.sock",
                StartPostcopyWhen = _ => true,
                Recover = async (pause, stop) =>
                {
                    if (pause.Count == 2) await destination.PrepareRecoveryAsync("unix:/run/again.sock", stop);
                    return "unix:/run/again.sock";
                },
            });
            await breaking;
            return result;
        });
        Assert.That((result.Pauses, result.Recoveries), Is.EqualTo((2, 1)));
    }

    // Whatever happens on the way, it completes and all of memory is there.
    private static async Task<MigrationResult> MigrateAsync(
        string? device, Func<VirtualTime, QmpConnection, QmpConnection, Task<MigrationResult>> migrate)
    {
        MigrationResult? result = null;
        await VirtualTime.RunAsync(async time =>
        {
            time.Network.Link = new() { Bandwidth = 5_000_000, Latency = TimeSpan.FromMilliseconds(1) };
            string[] words = ["-M", "none", "-m", $"{MemorySize >> 20}M", .. device is null ? (string[])[] : ["-device", device]];
            await using TestVm source = await TestVm.StartAsync(time.Machines, words);
            await using TestVm destination = await TestVm.StartAsync(time.Machines, [.. words, "-incoming", "defer"]);
            await using QmpConnection from = await source.ConnectAsync();
            await using QmpConnection to = await destination.ConnectAsync();
            byte[] noise = new byte[MemorySize / 2];
            new Random(1).NextBytes(noise);
            source.WriteMemory(MemorySize / 2, noise);
            await from.MigrateSetParametersAsync(new() { MaxPostcopyBandwidth = 2_000_000 });
            await to.MigrateIncomingAsync(new() { Uri = "unix:/run/dst.sock" });
            result = await migrate(time, from, to);
            Assert.That(result.Outcome, Is.EqualTo(MigrationOutcome.Completed), result.Reason);
            while ((await to.QueryMigrateAsync()).Status != MigrationStatus.Completed) await Task.Delay(TimeSpan.FromMilliseconds(10), time.Clock);
            Assert.That(destination.ReadMemory(MemorySize / 2, noise.Length), Is.EqualTo(noise));
            Assert.That((await to.QueryStatusAsync()).Running);
        });
        return result!;
    }

    private static async Task AllowAsync(QmpConnection destination) => await destination.MigrateSetCapabilitiesAsync(new()
    {
        Capabilities = [new() { Capability = MigrationCapability.PostcopyRam, State = true }],
    });

    // Cuts the connection a while after the guest has gone, or gone on.
    private static async Task BreakAsync(VirtualTime time, QmpConnection source, QmpConnection destination, int times)
    {
        using EventSubscription<MigrationEvent> events = source.Subscribe(MigrationEventDescriptors.Migration);
        while (times > 0)
        {
            if ((await events.ReadAsync()).Data.Status != MigrationStatus.PostcopyActive) continue;
            await Task.Delay(TimeSpan.FromMilliseconds(100), time.Clock);
            await (times-- % 2 == 0 ? destination : source).MigratePauseAsync();
        }
    }
}
