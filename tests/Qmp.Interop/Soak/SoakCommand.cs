using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Qmp.Interop.Emulators;
using Qmp.Interop.Matrix;
using Qmp.Types;

namespace Qmp.Interop.Soak;

/// <summary><c>soak</c>: runs every scenario between every pair, many times, and prints a table.</summary>
internal static class SoakCommand
{
    public static Command Create()
    {
        var runs = new Option<int>("--runs") { Description = "How often each", DefaultValueFactory = _ => 20 };
        var only = new Option<string>("--only") { Description = "Only scenarios with this in their name" };
        var newer = new Option<bool>("--newer") { Description = "Between pairs with an end of release 11.1" };
        var command = new Command("soak", "Migrate in every way between every pair, many times") { runs, only, newer };
        command.SetAction((parsed, stop) =>
            RunAsync(parsed.GetValue(runs), parsed.GetValue(only) ?? "", parsed.GetValue(newer), stop));
        return command;
    }

    private static async Task<int> RunAsync(int runs, string only, bool newer, CancellationToken stop)
    {
        Console.WriteLine("scenario                          pair                    passed  total ms (median, max)  downtime ms (median, max)");
        int failures = 0;
        foreach (Scenario scenario in Scenario.All.Where(s => s.Name.Contains(only, StringComparison.Ordinal)))
        {
            foreach (Pair pair in newer ? Pair.WithEleven : Pair.WithQmpd)
            {
                if (!scenario.Fits(pair)) continue;
                if (pair.Problem is { } problem)
                {
                    Console.WriteLine($"{scenario.Name,-32}  {pair,-22}  skipped: {problem}");
                    continue;
                }

                failures += await RunAsync(scenario, pair, runs, stop).ConfigureAwait(false);
            }
        }

        return failures == 0 ? 0 : 1;
    }

    private static async Task<int> RunAsync(Scenario scenario, Pair pair, int runs, CancellationToken stop)
    {
        var total = new List<long>();
        var downtime = new List<long>();
        var failures = new List<string>();
        for (int i = 0; i < runs && !stop.IsCancellationRequested; i++)
        {
            int seed = HashCode(scenario.Name, i);
            try
            {
                MigrationInfo info = await ScenarioRun.RunAsync(scenario, pair, seed).ConfigureAwait(false);
                total.Add(info.TotalTime ?? 0);
                downtime.Add(info.Downtime ?? 0);
            }
            catch (Exception e) when (e is not UnreachableException)
            {
                failures.Add($"  seed {seed}: {e.Message}");
            }
        }

        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{scenario.Name,-32}  {pair,-22}  {total.Count,3}/{runs,-3} {Figures(total),22}  {Figures(downtime),24}");
        Console.WriteLine(line);
        foreach (string failure in failures) Console.WriteLine(failure);
        return failures.Count;
    }

    // The same in every run of the program, unlike string.GetHashCode.
    private static int HashCode(string text, int run) => text.Aggregate(run, (hash, c) => unchecked((hash * 31) + c));

    private static string Figures(List<long> values) => values.Count == 0
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{values.Order().ElementAt(values.Count / 2)}, {values.Max()}");
}
