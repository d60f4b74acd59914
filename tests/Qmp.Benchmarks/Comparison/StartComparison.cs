using System.Diagnostics;
using Qmp.Benchmarks.Measuring;
using Qmp.TestSupport;

namespace Qmp.Benchmarks.Comparison;

/// <summary>From starting the process to its greeting.</summary>
internal sealed class StartComparison : IComparison
{
    public string Name => "start";

    public void Run(int rounds, Report report)
    {
        var qemu = new Samples();
        var ours = new Samples();
        for (int i = 0; i <= rounds; i++)
        {
            double one = Milliseconds(Programs.Qemu);
            double other = Milliseconds(Programs.Qmpd);
            if (i == 0) continue; // fills the caches
            qemu.Add(one);
            ours.Add(other);
        }

        report.AtMost("exec to greeting", "ms", qemu.Median, ours.Median, 120);
        report.AtMost("  times QEMU's", "x", null, ours.Median / qemu.Median, 6);
    }

    private static double Milliseconds(string program)
    {
        using var folder = new TemporaryFolder();
        long start = Stopwatch.GetTimestamp();
        using ServerProcess process = ServerProcess.Start(program, Programs.Words(folder.File("s")));
        using RawClient client = RawClient.Connect(folder.File("s"));
        client.ReadLines(1);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
