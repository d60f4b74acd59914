using System.Diagnostics;
using Qmp.Benchmarks.Measuring;
using Qmp.TestSupport;

namespace Qmp.Benchmarks.Comparison;

/// <summary>From starting the process to its greeting, and what it holds in memory then.</summary>
internal sealed class StartComparison : IComparison
{
    public string Name => "start";

    public void Run(int rounds, Report report)
    {
        (Samples Time, Samples Memory) qemu = (new Samples(), new Samples());
        (Samples Time, Samples Memory) ours = (new Samples(), new Samples());
        for (int i = 0; i <= rounds; i++)
        {
            (double Milliseconds, double Mebibytes) one = Start(Programs.Other);
            (double Milliseconds, double Mebibytes) other = Start(Programs.Qmpd);
            if (i == 0) continue; // fills the caches
            qemu.Time.Add(one.Milliseconds);
            qemu.Memory.Add(one.Mebibytes);
            ours.Time.Add(other.Milliseconds);
            ours.Memory.Add(other.Mebibytes);
        }

        report.AtMost("exec to greeting", "ms", qemu.Time.Median, ours.Time.Median, 120);
        report.AtMost("  times QEMU's", "x", null, ours.Time.Median / qemu.Time.Median, Programs.IsNative ? 0.5 : 6);
        report.AtMost("resident memory at the greeting", "MiB", qemu.Memory.Median, ours.Memory.Median, 120);
        report.AtMost("  times QEMU's", "x", null, ours.Memory.Median / qemu.Memory.Median, Programs.IsNative ? 0.5 : 3);
    }

    private static (double Milliseconds, double Mebibytes) Start(string program)
    {
        using var folder = new TemporaryFolder();
        long start = Stopwatch.GetTimestamp();
        using ServerProcess process = ServerProcess.Start(program, Programs.Words(folder.File("s")));
        using RawClient client = RawClient.Connect(folder.File("s"));
        client.ReadLines(1);
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return (milliseconds, process.ResidentBytes / 1048576.0);
    }
}
