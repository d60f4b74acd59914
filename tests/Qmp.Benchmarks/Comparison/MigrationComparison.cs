using System.Diagnostics;
using Qmp.Api;
using Qmp.Benchmarks.Measuring;
using Qmp.Client;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Benchmarks.Comparison;

/// <summary>Whole migrations over a Unix socket, each between two processes of the same program.</summary>
internal sealed class MigrationComparison : IComparison
{
    private const long Unlimited = 100_000_000_000; // bytes a second: faster than anything here
    private const int RandomMegabytes = 1024;
    private const int UntouchedMegabytes = 4096;

    private static readonly QmpClientOptions ClientOptions = new()
    {
        ConnectRetryInterval = TimeSpan.FromMilliseconds(2),
        ConnectTimeout = TimeSpan.FromSeconds(60),
    };

    public string Name => "migration";

    public void Run(int rounds, Report report) => RunAsync(rounds, report).GetAwaiter().GetResult();

    private static async Task RunAsync(int rounds, Report report)
    {
        using var folder = new TemporaryFolder();
        string image = folder.File("image");
        await WriteRandomAsync(image, RandomMegabytes).ConfigureAwait(false);
        await CompareAsync(
            "1 GiB of random RAM", RandomMegabytes, ["-device", $"loader,file={image},addr=0,force-raw=on"], 1.1, rounds, report)
            .ConfigureAwait(false);
        await CompareAsync("4 GiB of untouched RAM", UntouchedMegabytes, [], 1.0, rounds, report).ConfigureAwait(false);
    }

    private static async Task CompareAsync(
        string work, int megabytes, string[] words, double least, int rounds, Report report)
    {
        var first = new Samples();
        var second = new Samples();
        var ours = new Samples();
        for (int i = 0; i <= rounds; i++)
        {
            double one = await SecondsAsync(Programs.Other, megabytes, words).ConfigureAwait(false);
            double other = await SecondsAsync(Programs.Qmpd, megabytes, words).ConfigureAwait(false);
            double again = await SecondsAsync(Programs.Other, megabytes, words).ConfigureAwait(false);
            if (i == 0) continue; // fills the caches
            first.Add(one);
            ours.Add(other);
            second.Add(again);
        }

        Report.Steadiness($"{work}, QEMU against itself", first.Median / second.Median);
        double qemu = (first.Median + second.Median) / 2;
        report.Ratio(work, "MiB/s", megabytes / qemu, megabytes / ours.Median, qemu / ours.Median, least);
    }

    // From the command to the event that says that it is complete.
    private static async Task<double> SecondsAsync(string program, int megabytes, string[] words)
    {
        using var folder = new TemporaryFolder();
        string memory = $"{megabytes}M";
        using ServerProcess to = ServerProcess.Start(
            program, Programs.Words(folder.File("to"), "-m", memory, "-incoming", "defer"));
        using ServerProcess from = ServerProcess.Start(
            program, Programs.Words(folder.File("from"), ["-m", memory, .. words]));
        QmpConnection destination =
            await QmpConnection.ConnectUnixAsync(folder.File("to"), ClientOptions).ConfigureAwait(false);
        await using var closesDestination = destination.ConfigureAwait(false);
        QmpConnection source =
            await QmpConnection.ConnectUnixAsync(folder.File("from"), ClientOptions).ConfigureAwait(false);
        await using var closesSource = source.ConfigureAwait(false);
        var migration = new MigrationClient(source);
        await migration.MigrateSetParametersAsync(new() { MaxBandwidth = Unlimited }).ConfigureAwait(false);
        await migration.MigrateSetCapabilitiesAsync(new()
        {
            Capabilities = [new() { Capability = MigrationCapability.Events, State = true }],
        }).ConfigureAwait(false);
        string uri = $"unix:{folder.File("stream")}";
        await new MigrationClient(destination).MigrateIncomingAsync(new() { Uri = uri }).ConfigureAwait(false);

        long start = Stopwatch.GetTimestamp();
        QmpEvent end = await source.ExecuteAndWaitAsync(
            "migrate",
            new() { ["uri"] = uri },
            e => e.Name == "MIGRATION" && (string?)e.Data?["status"] is "completed" or "failed",
            TimeSpan.FromSeconds(60)).ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (string?)end.Data?["status"] == "completed"
            ? seconds
            : throw new InvalidOperationException($"{program}: the migration failed");
    }

    private static async Task WriteRandomAsync(string path, int megabytes)
    {
        var random = new Random(1);
        byte[] block = new byte[1 << 20];
        FileStream file = File.Create(path);
        await using var closes = file.ConfigureAwait(false);
        for (int i = 0; i < megabytes; i++)
        {
            random.NextBytes(block);
            await file.WriteAsync(block).ConfigureAwait(false);
        }
    }
}
