using Qmp.Benchmarks.Measuring;

namespace Qmp.Benchmarks.Comparison;

/// <summary>Compares migrations of one kind: QEMU, qmpd, QEMU again, and so on.</summary>
internal static class MigrationTurns
{
    public static async Task CompareAsync(string work, MigrationRun run, double least, int rounds, Report report)
    {
        var first = new Samples();
        var second = new Samples();
        var ours = new Samples();
        for (int i = 0; i <= rounds; i++)
        {
            double one = await run.SecondsAsync(Programs.Other).ConfigureAwait(false);
            double other = await run.SecondsAsync(Programs.Qmpd).ConfigureAwait(false);
            double again = await run.SecondsAsync(Programs.Other).ConfigureAwait(false);
            if (i == 0) continue; // fills the caches
            first.Add(one);
            ours.Add(other);
            second.Add(again);
        }

        Report.Steadiness($"{work}, QEMU against itself", first.Median / second.Median);
        double qemu = (first.Median + second.Median) / 2;
        report.Ratio(work, "MiB/s", run.Megabytes / qemu, run.Megabytes / ours.Median, qemu / ours.Median, least);
    }
}
