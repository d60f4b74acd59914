using System.Diagnostics;
using System.Net.Sockets;
using Qmp.Api;
using Qmp.Benchmarks.Measuring;
using Qmp.Client;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Benchmarks.Comparison;

/// <summary>How long a guest that goes before its memory waits for a page, and until it may go.</summary>
internal sealed class PostcopyComparison : IComparison
{
    private const int Megabytes = 1024;
    private const int Requests = 300;
    private const double Least = 1 / 1.1;

    public string Name => "postcopy";

    public void Run(int rounds, Report report) => RunAsync(rounds, report).GetAwaiter().GetResult();

    private static async Task RunAsync(int rounds, Report report)
    {
        using var folder = new TemporaryFolder();
        string image = folder.File("image");
        await MemoryImage.WriteRandomAsync(image, Megabytes).ConfigureAwait(false);
        await CompareAsync("page asked for, background 100 MB/s", 100_000_000, image, rounds, report).ConfigureAwait(false);
        await CompareAsync("page asked for, background unlimited", 0, image, rounds, report).ConfigureAwait(false);
    }

    private static async Task CompareAsync(string work, ulong bandwidth, string image, int rounds, Report report)
    {
        Figures first = new(), second = new(), ours = new();
        for (int i = 0; i <= rounds; i++)
        {
            foreach ((Figures figures, string program) in ((Figures, string)[])[(first, Programs.Other), (ours, Programs.Qmpd), (second, Programs.Other)])
            {
                (double page, double start) = await MeasureAsync(program, bandwidth, image, seed: i).ConfigureAwait(false);
                if (i == 0) continue; // fills the caches
                figures.Pages.Add(page);
                figures.Starts.Add(start);
            }
        }

        Print(work, "us", first.Pages.Median, second.Pages.Median, ours.Pages.Median, report);
        Print("  from migrate-start-postcopy to the guest", "ms", first.Starts.Median, second.Starts.Median, ours.Starts.Median, report);
    }

    private static void Print(string work, string unit, double first, double second, double ours, Report report)
    {
        Report.Steadiness($"{work}, QEMU against itself", first / second);
        double qemu = (first + second) / 2;
        report.Ratio(work, unit, qemu, ours, qemu / ours, Least);
    }

    // The median wait for a page, in microseconds, and the time until the guest may go, in milliseconds.
    private static async Task<(double Page, double Start)> MeasureAsync(string program, ulong bandwidth, string image, int seed)
    {
        using var folder = new TemporaryFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder.File("stream")));
        listener.Listen();
        using ServerProcess process = ServerProcess.Start(
            program, Programs.Words(folder.File("qmp"), ["-m", $"{Megabytes}M", .. MemoryImage.Words(image)]));
        QmpConnection source = await QmpConnection.ConnectUnixAsync(
            folder.File("qmp"),
            new QmpClientOptions { ConnectRetryInterval = TimeSpan.FromMilliseconds(2), ConnectTimeout = TimeSpan.FromSeconds(60) })
            .ConfigureAwait(false);
        await using var closes = source.ConfigureAwait(false);
        await source.MigrateSetCapabilitiesAsync(new()
        {
            Capabilities =
            [
                new() { Capability = MigrationCapability.Events, State = true },
                new() { Capability = MigrationCapability.PostcopyRam, State = true },
            ],
        }).ConfigureAwait(false);
        await source.MigrateSetParametersAsync(new() { MaxBandwidth = 100_000_000, MaxPostcopyBandwidth = bandwidth }).ConfigureAwait(false);
        Task<QmpEvent> active = source.ExecuteAndWaitAsync(
            "migrate",
            new() { ["uri"] = $"unix:{folder.File("stream")}" },
            e => e.Name == "MIGRATION" && (string?)e.Data?["status"] == "active",
            TimeSpan.FromSeconds(30));
        using Socket connection = await listener.AcceptAsync().ConfigureAwait(false);
        var peer = new PagePeer(connection, Requests, seed);
        Task<Samples> reading = Task.Factory.StartNew(peer.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await active.ConfigureAwait(false);
        long asked = Stopwatch.GetTimestamp();
        await source.MigrateStartPostcopyAsync().ConfigureAwait(false);
        Samples pages = await reading.ConfigureAwait(false);
        return (pages.Median, Stopwatch.GetElapsedTime(asked, peer.StartedAt).TotalMilliseconds);
    }

    private sealed class Figures
    {
        public Samples Pages { get; } = new();

        public Samples Starts { get; } = new();
    }
}
