using System.CommandLine;
using Qmp.Sim.Output;
using Qmp.Sim.Plots;
using Qmp.Simulation;
using Qmp.Simulation.Verdicts;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Sim.CommandLine;

/// <summary><c>qmp-sim run</c>: one scenario, and the verdict on it.</summary>
internal sealed class RunCommand : Command
{
    private readonly TextWriter _output;
    private readonly Argument<string> _file = Inputs.Scenario();
    private readonly Option<string[]> _set = Inputs.Set(isSweep: false);
    private readonly Option<string[]> _plot = Inputs.Plot();
    private readonly Option<int?> _workers = Inputs.Workers();
    private readonly Option<bool> _json = new("--json") { Description = "The numbers as one line of JSON instead." };
    private readonly Option<bool> _passes = new("--passes") { Description = "Every pass over memory." };
    private readonly Option<bool> _transcript = new("--transcript") { Description = "All events, commands and answers as lines of JSON, first." };
    private readonly Option<bool> _quick = new("--quick") { Description = "Do not look for what it would take to converge." };
    private readonly Option<bool> _alternatives = new("--alternatives")
    {
        Description = "Also with auto-converge, xbzrle, multifd, postcopy and switchover-ack.",
    };

    private readonly Option<string?> _samples = new("--samples") { Description = "Writes how things stood over time, as CSV.", HelpName = "FILE.csv" };

    public RunCommand(TextWriter output)
        : base("run", "Runs a scenario and says what comes of it. The status is 3 if it does not converge.")
    {
        _output = output;
        Arguments.Add(_file);
        foreach (Option option in new Option[] { _set, _json, _passes, _transcript, _quick, _alternatives, _samples, _plot, _workers }) Options.Add(option);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        MigrationScenario scenario = Inputs.ReadScenario(parsed.GetValue(_file)!, parsed.GetValue(_set) ?? []);
        bool isJson = parsed.GetValue(_json);
        Action<ScenarioMessage>? report = parsed.GetValue(_transcript) ? message => _output.WriteLine(message.ToLine()) : null;
        ScenarioResult result = ScenarioRunner.Run(scenario, Inputs.Clock, Logger.None, report);
        ScenarioSummary summary = Summary.Of(result);
        string verdict = "";
        if (isJson)
        {
            _output.WriteLine(Outputs.Json(summary));
        }
        else
        {
            verdict = new Advisor(Inputs.Clock, Inputs.WorkersIn(parsed, _workers)).Verdict(scenario, result, looksFurther: !parsed.GetValue(_quick));
            _output.WriteLine(verdict);
            if (parsed.GetValue(_passes)) Outputs.Passes(result, _output);
        }

        if (parsed.GetValue(_samples) is { } samples)
        {
            using var file = new StreamWriter(samples);
            Outputs.Csv(result, file);
        }

        IReadOnlyList<(string, ScenarioSummary)> others = parsed.GetValue(_alternatives) ? Others(scenario, result, Inputs.WorkersIn(parsed, _workers)) : [];
        if (others.Count > 0) Outputs.Table(others, _output);
        if (parsed.GetValue(_plot) is { Length: > 0 } plots) RunReport.Write(plots, scenario, [("", result)], verdict, others);
        return result.Refusal is not null || result.Damage is not null ? SimTool.Failure
            : summary.Converges ? SimTool.Success : SimTool.DoesNotConverge;
    }

    private static (string Name, ScenarioSummary Summary)[] Others(MigrationScenario scenario, ScenarioResult result, int workers)
    {
        IReadOnlyList<(string Name, MigrationScenario Scenario)> all = Alternatives.Of(scenario, result);
        var runs = new (string Name, ScenarioSummary Summary)[all.Count];
        runs[0] = (all[0].Name, Summary.Of(result));
        Parallel.For(1, all.Count, new ParallelOptions { MaxDegreeOfParallelism = workers }, i =>
            runs[i] = (all[i].Name, Summary.Of(ScenarioRunner.Run(all[i].Scenario, Inputs.Clock, Logger.None))));
        return runs;
    }
}
