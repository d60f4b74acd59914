using System.Diagnostics;
using Qmp.Benchmarks.Measuring;
using Qmp.TestSupport;

namespace Qmp.Benchmarks.Comparison;

/// <summary>One command by qmp-shell, from its start to its end, and by the program of that name that QEMU has in Python.</summary>
internal sealed class ShellComparison : IComparison
{
    /// <summary>The folder of QEMU's Python packages: <c>python</c> in its sources.</summary>
    private const string PackagesVariable = "QMP_PYTHON";

    public string Name => "shell";

    public void Run(int rounds, Report report)
    {
        const string Work = "qmp-shell, query-status";
        if (Environment.GetEnvironmentVariable(PackagesVariable) is not { Length: > 0 } packages)
        {
            Report.Skipped(Work, $"{PackagesVariable} does not name the folder of QEMU's Python packages");
            return;
        }

        using var folder = new TemporaryFolder();
        string socket = folder.File("s");
        using ServerProcess server = ServerProcess.Start(Programs.Qmpd, Programs.Words(socket));
        using (RawClient client = RawClient.Connect(socket)) client.ReadLines(1);
        var theirs = new Samples();
        var ours = new Samples();
        for (int i = 0; i <= rounds; i++)
        {
            double one = Milliseconds("python3", ["-m", "qemu.qmp.qmp_shell", socket], "query-status\n", packages);
            double other = Milliseconds(Programs.Shell, [socket, "-c", "query-status"], "", packages);
            if (i == 0) continue; // fills the caches
            theirs.Add(one);
            ours.Add(other);
        }

        report.AtMost(Work, "ms", theirs.Median, ours.Median, 1000);
        report.AtMost("  times Python's", "x", null, ours.Median / theirs.Median, Programs.IsNative ? 0.3 : 2);
    }

    private static double Milliseconds(string program, string[] words, string input, string packages)
    {
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PYTHONPATH"] = packages;
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        if (!output.Contains("running", StringComparison.Ordinal)) throw new InvalidOperationException($"{program}: {output}");
        return milliseconds;
    }
}
