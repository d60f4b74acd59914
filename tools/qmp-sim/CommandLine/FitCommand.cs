using System.CommandLine;
using Qmp.Sim.Output;
using Qmp.Sim.Plots;
using Qmp.Sim.Watching;
using Qmp.Simulation;
using Qmp.Simulation.Fitting;
using Qmp.Simulation.Text;
using Qmp.Types;

namespace Qmp.Sim.CommandLine;

/// <summary><c>qmp-sim fit</c>: the guest and link that explain a real migration.</summary>
internal sealed class FitCommand : Command
{
    private readonly TextWriter _output;
    private readonly Argument<string?> _file = new("RECORDING")
    {
        Description = "Lines of JSON, each {\"t\": SECONDS, \"return\": what query-migrate answered}.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _monitor = new("--qmp") { Description = "Watch the migration of this QMP server: unix:PATH or tcp:HOST:PORT.", HelpName = "ADDRESS" };
    private readonly Option<string?> _command = new("--exec")
    {
        Description = "Watch by a shell command that prints the answer, such as: virsh qemu-monitor-command VM '{\"execute\":\"query-migrate\"}'",
        HelpName = "COMMAND",
    };

    private readonly Option<string?> _record = new("--record") { Description = "Also write what was seen, as a recording.", HelpName = "FILE" };
    private readonly Option<string?> _scenario = new("--scenario") { Description = "Write the scenario that was found.", HelpName = "FILE" };
    private readonly Option<string?> _bandwidth = new("--max-bandwidth") { Description = "The migration's max-bandwidth, if it is known.", HelpName = "RATE" };
    private readonly Option<string?> _limit = new("--downtime-limit") { Description = "The migration's downtime-limit [default: 300ms].", HelpName = "TIME" };
    private readonly Option<string[]> _capabilities = new("--capability") { Description = "A capability that it had on: auto-converge, xbzrle, multifd.", HelpName = "NAME" };
    private readonly Option<string[]> _plot = Inputs.Plot();

    public FitCommand(TextWriter output)
        : base("fit", "Watches a real migration, or reads a recording, and finds the guest and link that explain it.")
    {
        _output = output;
        Arguments.Add(_file);
        foreach (Option option in new Option[] { _monitor, _command, _record, _scenario, _bandwidth, _limit, _capabilities, _plot }) Options.Add(option);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        WatchedMigration watched = await WatchAsync(parsed, cancellation);
        var parameters = new MigrateSetParameters
        {
            MaxBandwidth = Number(parsed.GetValue(_bandwidth), "max-bandwidth"),
            DowntimeLimit = Number(parsed.GetValue(_limit), "downtime-limit"),
        };
        (FitReport report, ScenarioResult result) = new Fitter(watched, parameters, [.. (parsed.GetValue(_capabilities) ?? []).Select(Capability)], Inputs.Clock).Fit();
        ScenarioWorkload guest = report.Scenario.Workload![0];
        _output.WriteLine(
            $"the guest writes {Spelled.Rate((double)guest.Rate!)} in {Spelled.Bytes((double)guest.WorkingSet!)}; "
            + $"{Spelled.Rate((double)report.Scenario.Parameters!.MaxBandwidth!)} are sent; the curves are {report.Error:0.##} % apart");
        Outputs.Table([("watched", report.Watched), ("modelled", report.Modelled)], _output);
        if (parsed.GetValue(_scenario) is { } file) await File.WriteAllTextAsync(file, Outputs.Json(report.Scenario) + "\n", cancellation);
        if (parsed.GetValue(_plot) is { Length: > 0 } plots) FitReportPlots.Write(plots, watched, result, report);
        return SimTool.Success;
    }

    private async Task<WatchedMigration> WatchAsync(ParseResult parsed, CancellationToken cancellation)
    {
        string?[] ways = [parsed.GetValue(_file), parsed.GetValue(_monitor), parsed.GetValue(_command)];
        if (ways.Count(way => way is not null) != 1) throw new ScenarioException("fit takes one of RECORDING, --qmp and --exec");
        if (ways[0] is { } file) return WatchedMigration.Read(file, File.ReadLines(file));
        StreamWriter? record = parsed.GetValue(_record) is { } path ? new StreamWriter(path) : null;
        await using (record)
        {
            var watcher = new MigrationWatcher(Inputs.Clock, record);
            return ways[1] is { } address ? await watcher.WatchMonitorAsync(address, cancellation) : await watcher.WatchCommandAsync(ways[2]!, cancellation);
        }
    }

    private static ulong? Number(string? text, string name) =>
        text is null ? null
        : Quantity.TryParse(text, name, out double value) ? (ulong)value
        : throw new ScenarioException($"--{name}: '{text}' is no quantity");

    private static MigrationCapability Capability(string name)
    {
        foreach (MigrationCapability capability in Enum.GetValues<MigrationCapability>())
        {
            if (capability != MigrationCapability.Unrecognized && capability.ToWireName() == name) return capability;
        }

        throw new ScenarioException($"--capability: there is no '{name}'");
    }
}
