using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Qmp.Sim.Plots;
using Qmp.Simulation.Sweeps;
using Qmp.Types;

namespace Qmp.Sim.CommandLine;

/// <summary><c>qmp-sim sweep</c>: a scenario with all combinations of some values.</summary>
internal sealed class SweepCommand : Command
{
    private readonly TextWriter _output;
    private readonly Argument<string> _file = Inputs.Scenario();
    private readonly Option<string[]> _set = Inputs.Set(isSweep: true);
    private readonly Option<string[]> _plot = Inputs.Plot();
    private readonly Option<int?> _workers = Inputs.Workers();
    private readonly Option<(int Shard, int Shards)?> _shard = new("--shard")
    {
        Description = "Run every Nth point only, from the Ith on; 'qmp-sim merge' puts the parts together.",
        HelpName = "I/N",
        CustomParser = Shard,
    };

    public SweepCommand(TextWriter output)
        : base("sweep", "Runs a scenario with all combinations of some values, and prints a line of JSON for each.")
    {
        _output = output;
        Arguments.Add(_file);
        foreach (Option option in new Option[] { _set, _shard, _plot, _workers }) Options.Add(option);
        SetAction((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        SweepAxis[] axes = [.. (parsed.GetValue(_set) ?? []).Select(AxisText.Parse)];
        var plan = new SweepPlan(Inputs.Read(parsed.GetValue(_file)!), axes);
        plan.ScenarioOf(0); // a mistake in the file is one of all points
        (int shard, int shards) = parsed.GetValue(_shard) ?? (1, 1);
        var points = new List<SweepPoint>();
        _output.WriteLine(SweepFile.Line(plan.Head));
        new SweepRunner(plan, Inputs.Clock).Run(shard - 1, shards, Inputs.WorkersIn(parsed, _workers), point =>
        {
            _output.WriteLine(SweepFile.Line(point));
            points.Add(point);
        }, cancellation);
        if (parsed.GetValue(_plot) is { Length: > 0 } plots) SweepReport.Write(plots, new SweepFile { Head = plan.Head, Points = points });
        return points.Exists(point => point.Error is not null) ? SimTool.Failure : SimTool.Success;
    }

    private static (int Shard, int Shards)? Shard(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        string[] parts = text.Split('/');
        if (parts.Length == 2 && Number(parts[0]) is { } shard && Number(parts[1]) is { } shards && shard <= shards) return (shard, shards);
        result.AddError($"--shard: '{text}' is not I/N, with I from 1 to N");
        return (1, 1);
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : null;
}
