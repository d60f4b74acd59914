using System.Diagnostics;
using Qmp.Benchmarks.Measuring;
using Qmp.TestSupport;

namespace Qmp.Benchmarks.Comparison;

/// <summary>Many monitors of one emulator: whether they share it fairly, and what one that never reads costs.</summary>
internal sealed class SessionComparison : IComparison
{
    private const int Monitors = 200;
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(3);

    public string Name => "sessions";

    public void Run(int rounds, Report report)
    {
        Samples[] qemu = Fairness(Programs.Other, 1);
        Samples[] ours = Fairness(Programs.Qmpd, rounds);
        report.AtLeast(
            $"{Monitors} busy monitors, slowest by mean",
            "x",
            qemu[0].Min / qemu[0].Mean,
            new Samples(ours.Select(s => s.Min / s.Mean)).Median,
            0.5);
        report.AtLeast(
            "  all together",
            "/s",
            qemu[0].Mean * Monitors / Busy.TotalSeconds,
            new Samples(ours.Select(s => s.Mean * Monitors / Busy.TotalSeconds)).Median,
            qemu[0].Mean * Monitors / Busy.TotalSeconds);
        report.AtLeast(
            "beside a client that never reads, by alone",
            "x",
            BesideOneThatNeverReads(Programs.Other, rounds, 2_000),
            BesideOneThatNeverReads(Programs.Qmpd, rounds, 20_000),
            0.95);
    }

    // How many requests each monitor has answered, round by round.
    private static Samples[] Fairness(string program, int rounds)
    {
        using var folder = new TemporaryFolder();
        string[] sockets = [.. Enumerable.Range(0, Monitors).Select(i => folder.File($"m{i}"))];
        using ServerProcess server = ServerProcess.Start(
            program,
            Programs.Words(sockets[0], sockets.Skip(1).SelectMany(s => new[] { "-qmp", $"unix:{s},server=on,wait=off" })));
        RawClient[] clients = [.. sockets.Select(RawClient.Open)];
        try
        {
            Ask(clients, TimeSpan.FromSeconds(1));
            return [.. Enumerable.Range(0, rounds).Select(_ => Ask(clients, Busy))];
        }
        finally
        {
            foreach (RawClient client in clients) client.Dispose();
        }
    }

    // One thread looks after all clients: each has a request under way at all times.
    private static Samples Ask(RawClient[] clients, TimeSpan time)
    {
        int[] answered = new int[clients.Length];
        foreach (RawClient client in clients) client.Request();
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            foreach (int ready in RawClient.WaitForAny(clients))
            {
                clients[ready].ReadLines(1);
                answered[ready]++;
                clients[ready].Request();
            }
        }

        foreach (RawClient client in clients) client.ReadLines(1);
        return new Samples(answered.Select(a => (double)a));
    }

    // The rate of one client while another sends and reads nothing, by its rate alone.
    private static double BesideOneThatNeverReads(string program, int rounds, int count)
    {
        using var folder = new TemporaryFolder();
        using ServerProcess server = ServerProcess.Start(
            program, Programs.Words(folder.File("a"), "-qmp", $"unix:{folder.File("b")},server=on,wait=off"));
        using RawClient client = RawClient.Open(folder.File("a"));
        client.PingPong(count * 2);
        var ratios = new Samples();
        for (int i = 0; i < rounds; i++)
        {
            double before = client.PingPong(count).Median;
            using RawClient deaf = RawClient.Open(folder.File("b"));
            deaf.SendUntilFull();
            double beside = client.PingPong(count).Median;
            ratios.Add(before / beside);
        }

        return ratios.Median;
    }
}
