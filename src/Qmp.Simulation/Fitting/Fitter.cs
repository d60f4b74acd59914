using Qmp.Simulation.Text;
using Qmp.Simulation.Verdicts;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Simulation.Fitting;

/// <summary>Finds the guest and the link that explain a migration.</summary>
/// <remarks>
/// Memory, its zeros and the rate of sending can be read off the first pass. How fast the guest writes, and how much memory, is searched
/// for, of guests that write page after page and of such that write anywhere: each guess is run, and the one whose curve of what is left
/// lies closest is taken.
/// </remarks>
/// <param name="watched">The migration.</param>
/// <param name="parameters">The parameters that it had, as far as they are known.</param>
/// <param name="capabilities">The capabilities that it had on.</param>
/// <param name="clock">The clock of scenarios in real time.</param>
public sealed class Fitter(
    WatchedMigration watched, MigrateSetParameters parameters, IReadOnlyList<MigrationCapability> capabilities, TimeProvider clock)
{
    private const int Page = 4096;
    private const int Rounds = 14;

    /// <summary>Finds them.</summary>
    /// <returns>The scenario, what it gives, and how far off that is.</returns>
    /// <exception cref="ScenarioException">Nothing can be told from what was seen.</exception>
    public (FitReport Report, ScenarioResult Result) Fit()
    {
        (double bandwidth, long full) = FirstPass();
        Guess best = Search(bandwidth, full, ScenarioPattern.Uniform);
        if (Search(bandwidth, full, ScenarioPattern.Round) is var other && other.Error < best.Error) best = other;
        var report = new FitReport
        {
            Scenario = best.Scenario, Error = Math.Round(DistanceOf(best.Result) * 100, 3), Watched = Summary.OfWatched(watched.Last, watched.Answers.Max(a => a.Info.CpuThrottlePercentage ?? 0)), Modelled = Summary.Of(best.Result),
        };
        return (report, best.Result);
    }

    // From a first guess on, by steps that become smaller.
    private Guess Search(double bandwidth, long full, ScenarioPattern pattern)
    {
        (double rate, double set) = FirstGuess(bandwidth);
        Guess best = Try(bandwidth, full, rate, set, pattern);
        double step = 2;
        for (int round = 0; round < Rounds && step > 1.01; round++)
        {
            bool isBetter = false;
            foreach ((double ofRate, double ofSet) in new[] { (step, 1), (1 / step, 1), (1, step), (1, 1 / step), (step, 1 / step), (1 / step, step) })
            {
                Guess next = Try(bandwidth, full, rate * ofRate, set * ofSet, pattern);
                if (next.Error >= best.Error) continue;
                (best, rate, set, isBetter) = (next, rate * ofRate, Math.Min(set * ofSet, Total), true);
            }

            if (!isBetter) step = Math.Sqrt(step);
        }

        return best;
    }

    private long Total => watched.Last.Ram!.Total;

    // Bytes a second on the wire, and bytes of memory that are not zero.
    private (double Bandwidth, long Full) FirstPass()
    {
        (double Seconds, MigrationStats Ram)[] active =
            [.. watched.Answers.Where(a => a.Info is { Status: MigrationStatus.Active }).Select(a => (a.Seconds, a.Info.Ram!))];
        if (active.Length < 2) throw new ScenarioException("The migration was not seen while it was active; ask more often");
        (double Seconds, MigrationStats Ram)[] first = [.. active.Where(a => a.Ram.DirtySyncCount <= 1)];
        (double Seconds, MigrationStats Ram)[] seen = first.Length >= 2 ? first : active;
        double seconds = seen[^1].Seconds - seen[0].Seconds;
        double bytes = seen[^1].Ram.Transferred - seen[0].Ram.Transferred;
        if (seconds <= 0 || bytes <= 0) throw new ScenarioException("Nothing was sent between the answers; ask more often");

        // Zeros are told of once each, in the first pass.
        long zero = Math.Min(Total, watched.Last.Ram!.Duplicate * Page);
        return (bytes / seconds, Total - zero);
    }

    private (double Rate, double Set) FirstGuess(double bandwidth)
    {
        // What was left just after a sync: the dirtied set of a pass.
        double most = 0;
        long pass = 1;
        double passBegan = watched.Answers[0].Seconds;
        double rate = 0;
        foreach ((double seconds, MigrationInfo info) in watched.Answers)
        {
            MigrationStats ram = info.Ram!;
            if (ram.DirtySyncCount <= pass || info.Status != MigrationStatus.Active) continue;
            most = Math.Max(most, ram.Remaining);
            rate = Math.Max(rate, ram.Remaining / Math.Max(0.05, seconds - passBegan));
            (pass, passBegan) = (ram.DirtySyncCount, seconds);
        }

        rate = Math.Max(rate, watched.Answers.Max(a => a.Info.Ram!.DirtyPagesRate) * Page);
        return (Math.Max(rate, bandwidth / 1000), Math.Clamp(most * 1.1, 16 * Page, Total));
    }

    private Guess Try(double bandwidth, long full, double rate, double set, ScenarioPattern pattern)
    {
        long memory = Total / (2 * Page) * (2 * Page);
        long filled = Math.Clamp(full / Page * Page, 0, memory);
        double seconds = watched.Answers[^1].Seconds;
        bool isCut = watched.Last.Status != MigrationStatus.Completed;
        var scenario = new MigrationScenario
        {
            Memory = (ulong)memory,
            MemoryModel = ScenarioMemory.Counted,
            Contents = filled > 0 ? [new ScenarioContents { Size = (ulong)filled }] : null,
            Workload =
            [
                new ScenarioWorkload
                {
                    Rate = (ulong)rate, WorkingSet = (ulong)Math.Clamp((long)set / Page * Page, Page, memory), Pattern = pattern,
                },
            ],
            Capabilities = [.. capabilities.Append(MigrationCapability.Events).Append(MigrationCapability.ReturnPath).Distinct()],
            Parameters = parameters with { MaxBandwidth = parameters.MaxBandwidth ?? (ulong)bandwidth },
            WarmUpMs = 1000,
            SampleMs = 50,
            LimitMs = (uint)Math.Min(uint.MaxValue, isCut ? Math.Ceiling(seconds * 1000) : (seconds * 3000) + 10_000),
        };
        ScenarioResult result = ScenarioRunner.Run(scenario, clock, Logger.None);
        return new Guess(ErrorOf(result), scenario, result);
    }

    // The distance of the curves and that of the times, in parts of the longer.
    private double ErrorOf(ScenarioResult result)
    {
        double distance = DistanceOf(result);
        if (watched.Last is not { Status: MigrationStatus.Completed, TotalTime: { } whole }) return distance;
        double other = result.Source is { Status: MigrationStatus.Completed, TotalTime: { } modelled } ? modelled : whole * 3.0;
        return distance + (Math.Abs(other - whole) / Math.Max(other, whole) / 4);
    }

    // The mean distance of the curves of what is left, in parts of all memory.
    private double DistanceOf(ScenarioResult result)
    {
        double sum = 0;
        int sample = 0;
        foreach ((double seconds, MigrationInfo info) in watched.Answers)
        {
            while (sample + 1 < result.Samples.Count && result.Samples[sample + 1].Milliseconds <= seconds * 1000) sample++;
            double modelled = result.Samples.Count > 0 ? result.Samples[sample].Remaining : 0;
            sum += Math.Abs(modelled - info.Ram!.Remaining) / Total;
        }

        return sum / watched.Answers.Count;
    }

    private sealed record Guess(double Error, MigrationScenario Scenario, ScenarioResult Result);
}
