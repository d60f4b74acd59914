using System.Globalization;
using Qmp.Simulation.Sweeps;
using Qmp.Simulation.Text;
using Qmp.Types;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Qmp.Sim.Plots;

/// <summary>Draws a sweep: downtime against total time, and, over two axes, where it converges.</summary>
internal static class SweepReport
{
    private const int MostTicks = 9;

    /// <summary>Writes the plots of a sweep.</summary>
    public static void Write(IEnumerable<string> files, SweepFile sweep)
    {
        var plots = new List<NamedPlot> { new("downtime", DowntimeAgainstTotal(sweep)) };
        if (sweep.Head.Axes.Count >= 2) plots.Add(new("convergence", Convergence(sweep)));
        int done = sweep.Points.Count(point => point.Summary?.Converges == true);
        string text = $"{done} of {sweep.Points.Count} points converge. "
            + string.Join(", ", sweep.Head.Axes.Select(axis => $"{axis.Name}: {axis.Values.Count} values"));
        PlotFiles.Write(files, "Sweep", [text], Rows(sweep), plots);
    }

    private static List<IReadOnlyList<string>> Rows(SweepFile sweep)
    {
        var rows = new List<IReadOnlyList<string>>
        {
            new[] { "point" }.Concat(sweep.Head.Axes.Select(axis => axis.Name)).Concat(["converges", "total", "downtime", "passes", "sent"]).ToArray(),
        };
        foreach (SweepPoint point in sweep.Points.Take(1000))
        {
            IEnumerable<string> result = point.Summary is { } run
                ? [run.Converges ? "yes" : "no", Spelled.Time(run.TotalTime), run.Converges ? Spelled.Time(run.Downtime) : "-", $"{run.Passes}", Spelled.Bytes(run.Transferred)]
                : [point.Error ?? ""];
            rows.Add([$"{point.Index}", .. point.Settings.Select(setting => setting.Value), .. result]);
        }

        return rows;
    }

    private static Plot DowntimeAgainstTotal(SweepFile sweep)
    {
        var plot = new Plot();
        ScenarioSummary[] done = [.. sweep.Points.Select(point => point.Summary).OfType<ScenarioSummary>().Where(run => run.Converges)];
        plot.Add.ScatterPoints(
            (double[])[.. done.Select(run => run.TotalTime / 1000.0)], (double[])[.. done.Select(run => (double)run.Downtime)]);
        plot.Title("Downtime against total time");
        plot.XLabel("total time, seconds");
        plot.YLabel("downtime, milliseconds");
        return plot;
    }

    // The last two axes; other axes are at their first value.
    private static Plot Convergence(SweepFile sweep)
    {
        SweepAxis rows = sweep.Head.Axes[^2];
        SweepAxis columns = sweep.Head.Axes[^1];
        double[,] cells = new double[rows.Values.Count, columns.Values.Count];
        for (int row = 0; row < rows.Values.Count; row++)
        {
            for (int column = 0; column < columns.Values.Count; column++) cells[row, column] = double.NaN;
        }

        long most = rows.Values.Count * columns.Values.Count;
        foreach (SweepPoint point in sweep.Points.Where(point => point.Index < most && point.Summary is not null))
        {
            (long row, long column) = Math.DivRem(point.Index, columns.Values.Count);
            if (point.Summary!.Converges) cells[rows.Values.Count - 1 - row, column] = point.Summary.TotalTime / 1000.0;
        }

        var plot = new Plot();
        var map = plot.Add.Heatmap(cells);
        map.Colormap = new ScottPlot.Colormaps.Viridis();
        map.NaNCellColor = new Color(0xd0, 0xd0, 0xd0);
        var bar = plot.Add.ColorBar(map);
        bar.Label = "total time, seconds; grey: does not converge";
        plot.Axes.Bottom.TickGenerator = Ticks(columns.Values);
        plot.Axes.Left.TickGenerator = Ticks(rows.Values);
        plot.XLabel(columns.Name);
        plot.YLabel(rows.Name);
        plot.Title("Where it converges");
        return plot;
    }

    // Long numbers come from ranges, of bytes or rates.
    private static string Short(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= 1e5 ? Spelled.Rate(number).Replace("/s", "") : value;

    private static NumericManual Ticks(IReadOnlyList<string> values)
    {
        int step = Math.Max(1, (values.Count + MostTicks - 1) / MostTicks);
        int[] places = [.. Enumerable.Range(0, values.Count).Where(i => i % step == 0)];
        return new NumericManual([.. places.Select(i => (double)i)], [.. places.Select(i => Short(values[i]))]);
    }
}
