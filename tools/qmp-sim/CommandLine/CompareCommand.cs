using System.CommandLine;
using Qmp.Sim.Output;
using Qmp.Sim.Plots;
using Qmp.Simulation;
using Qmp.Simulation.Verdicts;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Sim.CommandLine;

/// <summary><c>qmp-sim compare</c>: two or more scenarios side by side.</summary>
internal sealed class CompareCommand : Command
{
    private readonly TextWriter _output;
    private readonly Argument<string[]> _files = new("FILE") { Description = "The scenarios.", Arity = new ArgumentArity(2, 100) };
    private readonly Option<string[]> _plot = Inputs.Plot();
    private readonly Option<int?> _workers = Inputs.Workers();

    public CompareCommand(TextWriter output)
        : base("compare", "Runs scenarios and shows their numbers side by side.")
    {
        _output = output;
        Arguments.Add(_files);
        Options.Add(_plot);
        Options.Add(_workers);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        string[] files = parsed.GetValue(_files)!;
        MigrationScenario[] scenarios = [.. files.Select(file => Inputs.ReadScenario(file, []))];
        var results = new ScenarioResult[files.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Inputs.WorkersIn(parsed, _workers) };
        Parallel.For(0, files.Length, options, i => results[i] = ScenarioRunner.Run(scenarios[i], Inputs.Clock, Logger.None));
        (string, ScenarioSummary)[] rows = [.. files.Zip(results, (file, result) => (file, Summary.Of(result)))];
        Outputs.Table(rows, _output);
        if (parsed.GetValue(_plot) is { Length: > 0 } plots)
        {
            RunReport.Write(plots, scenarios[0], [.. files.Zip(results, (file, result) => (file, result))], "", rows);
        }

        return results.Any(result => result.Refusal is not null || result.Damage is not null) ? SimTool.Failure : SimTool.Success;
    }
}
