using Qmp.Sim.Output;
using Qmp.Simulation;
using Qmp.Simulation.Fitting;
using Qmp.Types;
using ScottPlot;

namespace Qmp.Sim.Plots;

/// <summary>Draws a migration that was watched, and the one that explains it.</summary>
internal static class FitReportPlots
{
    private const double Mebi = 1 << 20;

    /// <summary>Writes the plots.</summary>
    public static void Write(IEnumerable<string> files, WatchedMigration watched, ScenarioResult result, FitReport report)
    {
        Plot left = Curves("Left to send", "MiB", info => info.Ram!.Remaining, sample => sample.Remaining);
        Plot sent = Curves("Sent", "MiB", info => info.Ram!.Transferred, sample => sample.Forward);
        PlotFiles.Write(
            files,
            "A migration and its model",
            [$"The curves are {report.Error:0.##} % of memory apart on average.", Outputs.Json(report.Scenario)],
            RunReport.Rows([("watched", report.Watched), ("modelled", report.Modelled)]),
            [new("left", left), new("sent", sent)]);

        Plot Curves(string title, string unit, Func<MigrationInfo, double> seen, Func<ScenarioSample, double> modelled)
        {
            var plot = new Plot();
            plot.Add.ScatterLine((double[])[.. watched.Answers.Select(a => a.Seconds)], (double[])[.. watched.Answers.Select(a => seen(a.Info) / Mebi)]).LegendText = "watched";
            plot.Add.ScatterLine(
                (double[])[.. result.Samples.Select(s => s.Milliseconds / 1000)], (double[])[.. result.Samples.Select(s => modelled(s) / Mebi)]).LegendText = "modelled";
            plot.Title(title);
            plot.XLabel("seconds since the migration began");
            plot.YLabel(unit);
            plot.ShowLegend(Alignment.UpperRight);
            return plot;
        }
    }
}
