using Qmp.Simulation.Text;
using Qmp.Simulation.Verdicts;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Simulation.Sweeps;

/// <summary>Runs the points of a sweep, or of a part of one. Each is a run of its own, so their number at a time changes nothing.</summary>
/// <param name="plan">The sweep.</param>
/// <param name="clock">The clock of scenarios in real time.</param>
public sealed class SweepRunner(SweepPlan plan, TimeProvider clock)
{
    /// <summary>Runs every <paramref name="shards"/>th point.</summary>
    /// <param name="shard">The first of them, from 0.</param>
    /// <param name="shards">How many parts the sweep is in.</param>
    /// <param name="workers">How many runs at a time.</param>
    /// <param name="done">Is handed the points in their order, one at a time.</param>
    /// <param name="cancellation">Ends it between runs.</param>
    public void Run(int shard, int shards, int workers, Action<SweepPoint> done, CancellationToken cancellation = default)
    {
        long[] points = [.. Enumerable.Range(0, (int)plan.Head.Points).Where(i => i % shards == shard).Select(i => (long)i)];
        var gate = new Lock(); // guards what follows
        var finished = new Dictionary<int, SweepPoint>();
        int next = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, workers), CancellationToken = cancellation };

        // One at a time in their order: parts of a range each would have all but the first wait for their turn to be told.
        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(Enumerable.Range(0, points.Length), System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering), options, i =>
        {
            SweepPoint point = Run(points[i]);
            lock (gate)
            {
                finished.Add(i, point);
                while (finished.Remove(next, out SweepPoint? ready))
                {
                    done(ready);
                    next++;
                }
            }
        });
    }

    private SweepPoint Run(long index)
    {
        IReadOnlyList<SweepSetting> settings = plan.SettingsOf(index);
        try
        {
            ScenarioResult result = ScenarioRunner.Run(plan.ScenarioOf(index), clock, Logger.None);
            return new SweepPoint
            {
                Index = index, Settings = settings, Error = result.Refusal ?? result.Damage, Summary = Summary.Of(result),
            };
        }
        catch (ScenarioException e)
        {
            return new SweepPoint { Index = index, Settings = settings, Error = e.Message };
        }
    }
}
