using Qmp.Sim.Output;
using Qmp.Simulation;
using Qmp.Simulation.Text;
using Qmp.Types;
using ScottPlot;

namespace Qmp.Sim.Plots;

/// <summary>Draws runs: what is left over time, and how fast bytes are sent and memory is written.</summary>
internal static class RunReport
{
    private const double Gibi = 1 << 30;
    private const double Mega = 1e6;
    private const int MostPoints = 2000;

    /// <summary>Writes the plots of some runs.</summary>
    /// <param name="files">Where to.</param>
    /// <param name="scenario">The first scenario.</param>
    /// <param name="runs">The runs, each with its name.</param>
    /// <param name="verdict">The verdict on the first; may be empty.</param>
    /// <param name="others">Numbers of further runs.</param>
    public static void Write(
        IEnumerable<string> files,
        MigrationScenario scenario,
        IReadOnlyList<(string Name, ScenarioResult Result)> runs,
        string verdict,
        IReadOnlyList<(string Name, ScenarioSummary Summary)> others)
    {
        string[] text = [.. new[] { scenario.Description ?? "", verdict, Outputs.Json(scenario) }.Where(part => part.Length > 0)];
        PlotFiles.Write(files, "Live migration", text, Rows(others), [new("left", Left(runs)), new("rates", Rates(runs))]);
    }

    /// <summary>Numbers of runs as the rows of a table.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Rows(IReadOnlyList<(string Name, ScenarioSummary Summary)> runs)
    {
        if (runs.Count == 0) return [];
        var rows = new List<IReadOnlyList<string>> { new[] { "", "converges", "total", "downtime", "passes", "sent", "throttle" } };
        foreach ((string name, ScenarioSummary run) in runs)
        {
            rows.Add(
            [
                name, run.Converges ? "yes" : "no", Spelled.Time(run.TotalTime), run.Converges ? Spelled.Time(run.Downtime) : "-",
                $"{run.Passes}", Spelled.Bytes(run.Transferred), $"{run.Throttle} %",
            ]);
        }

        return rows;
    }

    private static Plot Left(IReadOnlyList<(string Name, ScenarioResult Result)> runs)
    {
        var plot = new Plot();
        foreach ((string name, ScenarioResult result) in runs)
        {
            ScenarioSample[] samples = Thinned(result.Samples);
            var line = plot.Add.ScatterLine(
                (double[])[.. samples.Select(s => s.Milliseconds / 1000)], (double[])[.. samples.Select(s => s.Remaining / Gibi)]);
            line.LegendText = name.Length > 0 ? name : "left";
            if (runs.Count > 1) continue;
            var marks = plot.Add.ScatterPoints(
                (double[])[.. result.Passes.Select(p => p.Milliseconds / 1000)], (double[])[.. result.Passes.Select(p => p.Remaining / Gibi)]);
            marks.LegendText = "dirty at the start of a pass";
        }

        return Labelled(plot, "Left to send", "GiB");
    }

    private static Plot Rates(IReadOnlyList<(string Name, ScenarioResult Result)> runs)
    {
        var plot = new Plot();
        foreach ((string name, ScenarioResult result) in runs)
        {
            ScenarioSample[] samples = Thinned(result.Samples);
            string prefix = name.Length > 0 ? name + ": " : "";
            Add(prefix + "sent", (a, b) => b.Forward - a.Forward);
            Add(prefix + "written by the guest", (a, b) => (double)(b.Dirtied - a.Dirtied));

            void Add(string legend, Func<ScenarioSample, ScenarioSample, double> difference)
            {
                (ScenarioSample First, ScenarioSample Second)[] steps =
                    [.. samples.Zip(samples.Skip(1)).Where(step => step.Second.Milliseconds > step.First.Milliseconds)];
                var line = plot.Add.ScatterLine(
                    (double[])[.. steps.Select(step => step.Second.Milliseconds / 1000)],
                    (double[])[.. steps.Select(step => difference(step.First, step.Second) / (step.Second.Milliseconds - step.First.Milliseconds) * 1000 / Mega)]);
                line.LegendText = legend;
            }
        }

        return Labelled(plot, "Bandwidth and dirty rate", "MB/s");
    }

    private static ScenarioSample[] Thinned(IReadOnlyList<ScenarioSample> samples)
    {
        int step = Math.Max(1, samples.Count / MostPoints);
        return [.. samples.Where((_, i) => i % step == 0 || i == samples.Count - 1)];
    }

    private static Plot Labelled(Plot plot, string title, string unit)
    {
        plot.Title(title);
        plot.XLabel("seconds since the migration began");
        plot.YLabel(unit);
        plot.Axes.AutoScale();
        AxisLimits limits = plot.Axes.GetLimits();
        plot.Axes.SetLimitsY(0, limits.Top > 0 ? limits.Top : 1);
        plot.ShowLegend(Alignment.UpperRight);
        return plot;
    }
}
