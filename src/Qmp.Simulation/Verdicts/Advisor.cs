using Qmp.Simulation.Text;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Simulation.Verdicts;

/// <summary>Says in words what came of a scenario, and finds by further runs what it would take to converge.</summary>
/// <param name="clock">The clock of scenarios in real time.</param>
/// <param name="workers">How many runs at a time.</param>
public sealed class Advisor(TimeProvider clock, int workers)
{
    private const double Exact = 1.01; // bounds are found to within one percent
    private const double MostFactor = 64;

    /// <summary>The verdict on a run.</summary>
    /// <param name="scenario">What was run.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="looksFurther">Whether it is looked for what it would take.</param>
    public string Verdict(MigrationScenario scenario, ScenarioResult result, bool looksFurther)
    {
        ScenarioSummary summary = Summary.Of(result);
        if (result.Refusal is { } refusal) return refusal;
        if (result.Damage is { } damage) return $"the guest's memory is damaged: {damage}";
        if (summary.Converges)
        {
            string throttled = summary.Throttle > 0 ? $", with {summary.Throttle} % throttle at most" : "";
            return $"converges: {Spelled.Time(summary.TotalTime)} in all, {Spelled.Time(summary.Downtime)} of downtime, "
                + $"{summary.Passes} passes, {Spelled.Bytes(summary.Transferred)} sent{throttled}";
        }

        if (summary.Status != MigrationStatus.Active)
        {
            return $"the migration is {summary.Status.ToWireName()}" + (result.Source.ErrorDesc is { } error ? $": {error}" : "");
        }

        string verdict = result.IsGivenUp ? "does not converge" : "has not converged in the time that it had";
        verdict += $": {Spelled.Time(summary.RemainingTime)} would remain, {Spelled.Bytes(summary.Remaining)}";
        if (!looksFurther || scenario.Workload is not { Count: > 0 }) return verdict;
        return verdict + string.Concat(Remedies(scenario).Select(remedy => $"; {remedy}"));
    }

    /// <summary>The same scenario with its guests writing so many times as much.</summary>
    public static MigrationScenario WithRate(MigrationScenario scenario, double factor) => scenario with
    {
        Workload = [.. (scenario.Workload ?? []).Select(workload => workload with
        {
            Rate = Times(workload.Rate, factor),
            Phases = workload.Phases is null ? null : [.. workload.Phases.Select(phase => phase with { Rate = Times(phase.Rate, factor) })],
        })],
    };

    private List<string> Remedies(MigrationScenario scenario)
    {
        Func<string?>[] searches = [() => LowerRate(scenario), () => WiderLink(scenario), () => Throttled(scenario)];
        string?[] found = new string?[searches.Length];
        Parallel.For(0, searches.Length, new ParallelOptions { MaxDegreeOfParallelism = workers }, i => found[i] = searches[i]());
        return [.. found.OfType<string>()];
    }

    private string? LowerRate(MigrationScenario scenario)
    {
        double rate = scenario.Workload!.Sum(workload => (double)(workload.Rate ?? 0));
        if (rate <= 0) return null;
        return Bound(factor => WithRate(scenario, 1 / factor)) is { } bound
            ? $"converges below {Spelled.Rate(rate / bound)} of dirtying"
            : "converges at no rate of dirtying worth the name";
    }

    private string? WiderLink(MigrationScenario scenario)
    {
        if (scenario.Link?.Bandwidth is not { } bandwidth || bandwidth == 0) return null;
        double? bound = Bound(factor => scenario with
        {
            Link = scenario.Link with { Bandwidth = (ulong)(bandwidth * factor) },
        });
        return bound is { } found ? $"converges above {Spelled.Bits(bandwidth * found)}" : "converges with no wider link";
    }

    private string? Throttled(MigrationScenario scenario)
    {
        IReadOnlyList<MigrationCapability> capabilities = scenario.Capabilities ?? [];
        if (capabilities.Contains(MigrationCapability.AutoConverge)) return null;
        ScenarioResult result = Run(scenario with { Capabilities = [.. capabilities, MigrationCapability.AutoConverge] });
        ScenarioSummary summary = Summary.Of(result);
        return summary.Converges
            ? $"with auto-converge at {summary.Throttle} % throttle, in {Spelled.Time(summary.TotalTime)}"
            : "not even with auto-converge";
    }

    // The least factor with which it converges.
    private double? Bound(Func<double, MigrationScenario> change)
    {
        double fails = 1;
        double works = 1.25;
        while (!Converges(change(works)))
        {
            fails = works;
            works *= works < 2 ? 1.25 : 2;
            if (works > MostFactor) return null;
        }

        while (works / fails > Exact)
        {
            double middle = Math.Sqrt(works * fails);
            if (Converges(change(middle))) works = middle;
            else fails = middle;
        }

        return works;
    }

    private bool Converges(MigrationScenario scenario) => Run(scenario).Source.Status == MigrationStatus.Completed;

    private ScenarioResult Run(MigrationScenario scenario) => ScenarioRunner.Run(scenario, clock, Logger.None);

    private static ulong? Times(ulong? rate, double factor) => rate is { } value ? (ulong)(value * factor) : null;
}
