using Qmp.Benchmarks.Measuring;
using Qmp.TestSupport;

namespace Qmp.Benchmarks.Comparison;

/// <summary><c>query-status</c>, one request in flight and 64, in turns with QEMU and with a bare echo server.</summary>
internal sealed class RequestComparison : IComparison
{
    private const int Depth = 64;

    public string Name => "requests";

    public void Run(int rounds, Report report)
    {
        using var folder = new TemporaryFolder();
        string[] sockets = [folder.File("qemu"), folder.File("qmpd"), folder.File("echo")];
        string? echoProgram = Programs.BuildEcho(folder);
        using ServerProcess qemu = ServerProcess.Start(Programs.Other, Programs.Words(sockets[0]));
        using ServerProcess qmpd = ServerProcess.Start(Programs.Qmpd, Programs.Words(sockets[1]));
        using ServerProcess? echo = echoProgram is null ? null : ServerProcess.Start(echoProgram, sockets[2]);
        using RawClient toQemu = RawClient.Open(sockets[0]);
        using RawClient toQmpd = RawClient.Open(sockets[1]);
        using RawClient? toEcho = echo is null ? null : RawClient.Connect(sockets[2]);
        Warm(toQemu, 2_000);
        Warm(toQmpd, 50_000);

        var first = new Series();
        var second = new Series();
        var ours = new Series();
        var bare = new Series();
        for (int i = 0; i < rounds; i++)
        {
            first.Measure(toQemu, 2_000, 4_000);
            ours.Measure(toQmpd, 20_000, 200_000);
            if (toEcho is not null) bare.Measure(toEcho, 20_000, 200_000);
            second.Measure(toQemu, 2_000, 4_000);
        }

        Report.Steadiness("one in flight, QEMU against itself", first.Rate.Median / second.Rate.Median);
        double rate = (first.Rate.Median + second.Rate.Median) / 2;
        report.Ratio("query-status, one in flight", "/s", rate, ours.Rate.Median, ours.Rate.Median / rate, 5);
        if (toEcho is null)
        {
            Report.Skipped("p50, one in flight, against an echo server", "there is no C compiler (cc)");
        }
        else
        {
            report.AtMost("  p50, times that of an echo server", "x", (first.Typical.Median + second.Typical.Median) / 2 / bare.Typical.Median, ours.Typical.Median / bare.Typical.Median, 2);
        }

        report.AtMost("  p50", "us", first.Typical.Median, ours.Typical.Median, first.Typical.Median);
        report.AtMost("  p99", "us", first.Slow.Median, ours.Slow.Median, first.Slow.Median);
        Report.Steadiness($"{Depth} in flight, QEMU against itself", first.Pipelined.Median / second.Pipelined.Median);
        rate = (first.Pipelined.Median + second.Pipelined.Median) / 2;
        report.Ratio($"query-status, {Depth} in flight", "/s", rate, ours.Pipelined.Median, ours.Pipelined.Median / rate, 30);
    }

    private static void Warm(RawClient client, int count)
    {
        client.PingPong(count);
        client.Pipelined(count, Depth);
    }

    private sealed class Series
    {
        public Samples Rate { get; } = new();

        public Samples Typical { get; } = new();

        public Samples Slow { get; } = new();

        public Samples Pipelined { get; } = new();

        public void Measure(RawClient client, int single, int pipelined)
        {
            Samples times = client.PingPong(single);
            Rate.Add(1_000_000 / times.Mean);
            Typical.Add(times.Median);
            Slow.Add(times.At(0.99));
            Pipelined.Add(client.Pipelined(pipelined, Depth));
        }
    }
}
