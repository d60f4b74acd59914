using System.Globalization;
using Qmp.Api;
using Qmp.Simulation;
using Qmp.Simulation.Text;
using Qmp.Types;

namespace Qmp.Sim.Output;

/// <summary>What several commands print.</summary>
internal static class Outputs
{
    /// <summary>The numbers of a run as a line of JSON.</summary>
    public static string Json(ScenarioSummary summary) => SchemaJson.Line(ScenarioSummaryVisitor.Write, summary);

    /// <summary>A scenario as JSON.</summary>
    public static string Json(MigrationScenario scenario) => SchemaJson.Line(MigrationScenarioVisitor.Write, scenario);

    /// <summary>The samples of a run as CSV. Times are in milliseconds, sizes in bytes.</summary>
    public static void Csv(ScenarioResult result, TextWriter output)
    {
        output.WriteLine("ms,status,source-runs,destination-runs,sent,received,remaining,dirtied,throttle");
        foreach (ScenarioSample s in result.Samples)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{s.Milliseconds},{s.Status.ToWireName()},{Bit(s.SourceRuns)},{Bit(s.DestinationRuns)},{s.Forward},{s.Backward},{s.Remaining},{s.Dirtied},{s.Throttle}"));
        }

        static int Bit(bool value) => value ? 1 : 0;
    }

    /// <summary>The passes of a run, for people.</summary>
    public static void Passes(ScenarioResult result, TextWriter output)
    {
        output.WriteLine("pass        at     dirty      sent  throttle");
        foreach (ScenarioPass pass in result.Passes)
        {
            output.WriteLine(
                $"{pass.Number,4}  {Spelled.Time(pass.Milliseconds),8}  {Spelled.Bytes(pass.Remaining),8}  {Spelled.Bytes(pass.Transferred),8}  {pass.Throttle,6} %");
        }
    }

    /// <summary>Runs by name, one a line, for people.</summary>
    public static void Table(IReadOnlyList<(string Name, ScenarioSummary Summary)> runs, TextWriter output)
    {
        int width = Math.Max(4, runs.Max(run => run.Name.Length));
        output.WriteLine($"{"".PadRight(width)}  converges      total   downtime  passes       sent  throttle");
        foreach ((string name, ScenarioSummary run) in runs)
        {
            output.WriteLine(
                $"{name.PadRight(width)}  {(run.Converges ? "yes" : "no"),-9}  {Spelled.Time(run.TotalTime),9}  "
                + $"{(run.Converges ? Spelled.Time(run.Downtime) : "-"),9}  {run.Passes,6}  {Spelled.Bytes(run.Transferred),9}  {run.Throttle,6} %");
        }
    }
}
