using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Client.Migration;
using Qmp.Protocol.Visitors;
using Qmp.Simulation.Text;
using Qmp.Simulation;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.EndToEnd.Tests.Simulation;

/// <summary>The verdict on convergence, from what the engine answers to <c>query-migrate</c> in virtual time.</summary>
[TestFixture, Parallelizable]
internal sealed class VerdictTests
{
    private const double Bandwidth = 1 << 20;

    [Test]
    public void A_guest_that_outruns_the_link_is_named_within_three_passes(
        [Values(1.05, 1.5, 4)] double rate, [Values(50, 500)] int interval)
    {
        (long Pass, Convergence Verdict)[] seen = Run(rate, interval, seconds: 12);
        (long pass, Convergence verdict) = seen.FirstOrDefault(s => s.Verdict.Verdict == ConvergenceVerdict.DoesNotConverge);
        Assert.That(verdict, Is.Not.Null, string.Join('\n', seen));
        Assert.That(pass, Is.LessThanOrEqualTo(5));
        // The working set of 1 MiB stays: a second of the link.
        Assert.That(verdict!.ExpectedDowntime.TotalSeconds, Is.InRange(0.9, 1.2));
        Assert.That(verdict.DowntimeLimit, Is.EqualTo(TimeSpan.FromMilliseconds(100)));
        Assert.That(
            seen.SkipWhile(s => s.Verdict != verdict).Select(s => s.Verdict.Verdict),
            Has.All.EqualTo(ConvergenceVerdict.DoesNotConverge), "it stands");
        Assert.That(seen.Select(s => s.Verdict.Verdict), Has.None.EqualTo(ConvergenceVerdict.Converges), string.Join('\n', seen));
    }

    [Test]
    public void A_guest_that_is_slower_is_never_given_up(
        [Values(0.2, 0.6, 0.8, 0.9, 0.95)] double rate, [Values(20, 100, 500)] int interval)
    {
        (long Pass, Convergence Verdict)[] seen = Run(rate, interval, seconds: 40);
        Assert.That(
            seen.Where(s => s.Verdict.Verdict == ConvergenceVerdict.DoesNotConverge).Select(s => $"{s.Pass}: {s.Verdict}"),
            Is.Empty);
        if (rate >= 0.6 && interval <= 100) Assert.That(seen.Count(s => s.Verdict.TimeLeft is not null), Is.Positive);
    }

    [Test]
    public void Auto_converge_is_given_its_time()
    {
        (long Pass, Convergence Verdict)[] seen = Run(1.5, 100, seconds: 60, "auto-converge");
        Assert.That(
            seen.Where(s => s.Verdict.Verdict == ConvergenceVerdict.DoesNotConverge).Select(s => $"{s.Pass}: {s.Verdict}"),
            Is.Empty);
    }

    private static (long Pass, Convergence Verdict)[] Run(double rate, int interval, int seconds, params string[] capabilities)
    {
        IEnumerable<string> steps = Enumerable.Range(1, seconds * 1000 / interval).Select(i => string.Create(
            CultureInfo.InvariantCulture, $$"""{ "at-ms": {{i * interval}}, "on": "source", "execute": "query-migrate" }"""));
        string on = string.Concat(capabilities.Select(c => $", \"{c}\""));
        MigrationScenario scenario = ScenarioFile.Parse(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""
            { "memory": 4194304, "noise": 2097152,
              "devices": [ { "driver": "x-workload", "rate": {{(long)(rate * Bandwidth)}}, "working-set": 1048576 } ],
              "capabilities": [ "events", "return-path"{{on}} ],
              "link": { "bandwidth": {{(long)Bandwidth}}, "latency-us": 200, "buffer": 16384 },
              "source": { "parameters": { "downtime-limit": 100 } },
              "limit-ms": {{seconds * 1000}},
              "steps": [ {{string.Join(",\n", steps)}} ] }
            """)));
        var tracker = new ConvergenceTracker(throttles: capabilities.Contains("auto-converge"));
        return
        [
            .. ScenarioRunner.Run(scenario, TimeProvider.System, Logger.None).Messages
                .Where(m => (string?)m.Body["execute"] == "query-migrate")
                .Select(m => (Read(m.Body["return"]!), TimeSpan.FromMilliseconds(m.Milliseconds)))
                .TakeWhile(a => a.Item1.Status is MigrationStatus.Setup or MigrationStatus.Active)
                .Select(a => (a.Item1.Ram?.DirtySyncCount ?? 0, tracker.Observe(a.Item1, a.Item2))),
        ];
    }

    private static MigrationInfo Read(JToken answer)
    {
        var visitor = new JsonInputVisitor(tolerant: true);
        visitor.Reset(answer);
        return MigrationInfoVisitor.Read(visitor, null);
    }
}
