using Qmp.Benchmarks.Measuring;

namespace Qmp.Benchmarks.Comparison;

/// <summary>Bytes of the passes over memory of which little changes, with <c>xbzrle</c> and without.</summary>
internal sealed class DifferenceComparison : IComparison
{
    private const double Share = 1.0 / 3; // of what is sent without
    private const double Tolerance = 0.05; // of what QEMU sends

    public string Name => "differences";

    public void Run(int rounds, Report report) => RunAsync(rounds, report).GetAwaiter().GetResult();

    private static async Task RunAsync(int rounds, Report report)
    {
        var qemu = new Samples();
        var ours = new Samples();
        var plain = new Samples();
        for (int i = 0; i < rounds; i++)
        {
            qemu.Add(await PassBytes.CountAsync(Programs.Other, asDifferences: true).ConfigureAwait(false));
            ours.Add(await PassBytes.CountAsync(Programs.Qmpd, asDifferences: true).ConfigureAwait(false));
            plain.Add(await PassBytes.CountAsync(Programs.Qmpd, asDifferences: false).ConfigureAwait(false));
        }

        const double Mebibyte = 1 << 20;
        report.AtMost("xbzrle, passes 4 to 8", "MiB", qemu.Median / Mebibyte, ours.Median / Mebibyte, qemu.Median / Mebibyte * (1 + Tolerance));
        report.AtMost("  of what is sent without", "", null, ours.Median / plain.Median, Share);
    }
}
