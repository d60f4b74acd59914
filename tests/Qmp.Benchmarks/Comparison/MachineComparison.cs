using System.Diagnostics;
using Qmp.Benchmarks.Measuring;
using Qmp.Client;
using Qmp.Testing;

namespace Qmp.Benchmarks.Comparison;

/// <summary>Machines inside this process: from nothing to a negotiated client, and what each costs in memory.</summary>
internal sealed class MachineComparison : IComparison
{
    private const int Machines = 50;

    public string Name => "machines";

    public void Run(int rounds, Report report) => RunAsync(rounds, report).GetAwaiter().GetResult();

    private static async Task RunAsync(int rounds, Report report)
    {
        var times = new Samples();
        var sizes = new Samples();
        for (int i = 0; i <= rounds; i++)
        {
            var machines = new List<(TestVm Vm, QmpConnection Client)>();
            long before = Resident();
            for (int n = 0; n < Machines; n++)
            {
                long start = Stopwatch.GetTimestamp();
                TestVm vm = await TestVm.StartAsync("-M", "none", "-m", "64M").ConfigureAwait(false);
                QmpConnection client = await vm.ConnectAsync().ConfigureAwait(false);
                if (i > 0) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                machines.Add((vm, client));
            }

            if (i > 0) sizes.Add((Resident() - before) / 1048576.0 / Machines);
            foreach ((TestVm vm, QmpConnection client) in machines)
            {
                await client.DisposeAsync().ConfigureAwait(false);
                await vm.DisposeAsync().ConfigureAwait(false);
            }
        }

        report.AtMost("a further machine in a process, running", "ms", null, times.Median, 10);
        report.AtMost("  its memory", "MiB", null, sizes.Median, 2);
    }

    // What is left after a collection: managed and native memory, stacks of threads.
    private static long Resident()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
