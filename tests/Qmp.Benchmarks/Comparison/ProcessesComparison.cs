using System.Diagnostics;
using System.Globalization;
using Qmp.Benchmarks.Measuring;
using Qmp.TestSupport;

namespace Qmp.Benchmarks.Comparison;

/// <summary>A thousand processes at once: until all of them greet, and what each takes of the machine's memory.</summary>
internal sealed class ProcessesComparison : IComparison
{
    private const int Processes = 1000;

    public string Name => "processes";

    public void Run(int rounds, Report report)
    {
        using var folder = new TemporaryFolder();
        var servers = new List<ServerProcess>(Processes);
        try
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Processes; i++)
            {
                servers.Add(ServerProcess.Start(Programs.Qmpd, Programs.Words(folder.File($"{i}"), "-m", "16M")));
            }

            for (int i = 0; i < Processes; i++)
            {
                using RawClient client = RawClient.Connect(folder.File($"{i}"));
                client.ReadLines(1);
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double mebibytes = servers.Average(s => ProportionalKibibytes(s.Id)) / 1024;
            int answers = 0;
            for (int i = 0; i < Processes; i++)
            {
                using RawClient client = RawClient.Connect(folder.File($"{i}"));
                client.ReadLines(1);
                client.Send("{'execute': 'qmp_capabilities'}{'execute': 'query-status'}");
                client.ReadLines(2);
                answers++;
            }

            report.AtMost($"{Processes:#,0} processes until all greet", "s", null, seconds, 10);
            report.AtMost("  memory of each (PSS)", "MiB", null, mebibytes, 4);
            report.AtLeast("  that answer", "", null, answers, Processes);
        }
        finally
        {
            foreach (ServerProcess server in servers) server.Dispose();
        }
    }

    private static double ProportionalKibibytes(int process)
    {
        string line = File.ReadLines($"/proc/{process}/smaps_rollup").First(l => l.StartsWith("Pss:", StringComparison.Ordinal));
        return double.Parse(line["Pss:".Length..^"kB".Length], CultureInfo.InvariantCulture);
    }
}
