using System.CommandLine;
using Qmp.Sim.Plots;
using Qmp.Simulation.Sweeps;
using Qmp.Types;

namespace Qmp.Sim.CommandLine;

/// <summary><c>qmp-sim merge</c>: the parts of a sweep become the whole.</summary>
internal sealed class MergeCommand : Command
{
    private readonly TextWriter _output;
    private readonly Argument<string[]> _files = new("FILE") { Description = "What sweeps with --shard printed, in any order.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> _plot = Inputs.Plot();

    public MergeCommand(TextWriter output)
        : base("merge", "Puts the parts of a sweep together. The output is that of the whole sweep, byte for byte.")
    {
        _output = output;
        Arguments.Add(_files);
        Options.Add(_plot);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        SweepFile whole = SweepFile.Merge([.. parsed.GetValue(_files)!.Select(file => (file, SweepFile.Read(file, File.ReadLines(file))))]);
        _output.WriteLine(SweepFile.Line(whole.Head));
        foreach (SweepPoint point in whole.Points) _output.WriteLine(SweepFile.Line(point));
        if (parsed.GetValue(_plot) is { Length: > 0 } plots) SweepReport.Write(plots, whole);
        return SimTool.Success;
    }
}
