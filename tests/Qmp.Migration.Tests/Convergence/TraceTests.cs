using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Devices.Workload;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Convergence;

/// <summary>What a real source did, second by second, done again on virtual time.</summary>
[TestFixture, Parallelizable]
internal sealed class TraceTests
{
    private const int Mebi = 1 << 20;
    private const double Tolerance = 0.03;
    private const long Window = 1_707_282; // bytes that went out every 100 ms; the two are in step to one or two of them

    // The real one was let go at that time.
    private const double LetGo = 8.1;

    /// <summary>
    /// A guest of 64 MiB wrote 24 MiB of it over and over, faster than 16 MiB/s could carry; <c>auto-converge</c> took
    /// away 20 % of its time, then 30 %.
    /// </summary>
    [Test]
    public void A_guest_that_is_throttled()
    {
        JObject trace = Read("trace_autoconverge");
        var timeline = new VirtualTimeline();
        var network = new VirtualNetwork(timeline) { Link = new LinkSettings { Bandwidth = 1L << 30 } };
        var workload = new WorkloadSettings { Rate = 400 * Mebi, WorkingSet = 25_178_112, Offset = 16 * Mebi };
        using var source = new TestMachine(timeline, network, "src", 64 * Mebi, workload: workload);
        using var destination = new TestMachine(timeline, network, "dst", 64 * Mebi);
        source.With(MigrationCapability.AutoConverge, MigrationCapability.Events);
        source.Core.Options.SetParameters(new MigrateSetParameters { MaxBandwidth = 16 * Mebi, DowntimeLimit = 50 });
        var passes = new List<double>();
        var steps = new List<(int Pass, long Percentage)>();
        timeline.Run(async () =>
        {
            destination.Listening("/mig");
            source.Running();
            await Wait.ForAsync(timeline, TimeSpan.FromSeconds(1));
            long start = timeline.Elapsed;
            source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/mig")));
            foreach (JToken sample in trace["samples"]!.Skip(2))
            {
                var at = TimeSpan.FromSeconds((double)sample["t"]!);
                if (at.TotalSeconds > LetGo) break;
                await Wait.ForAsync(timeline, TimeSpan.FromTicks((start - timeline.Elapsed) / 100) + at);
                MigrationInfo info = source.Core.Query();
                Compare(sample, info);
                while (passes.Count < info.Ram!.DirtySyncCount) passes.Add(at.TotalSeconds);
                if (info.CpuThrottlePercentage is { } step && (steps is [] || steps[^1].Percentage != step))
                {
                    steps.Add((passes.Count, step));
                }
            }

            source.Core.Cancel();
            await Wait.EndAsync(source, timeline);
            await source.Machine.StopAsync(RunState.Paused);
        });
        Assert.That(steps, Is.EqualTo(new[] { (3, 20L), (5, 30L) }));
        double[] expected =
        [
            .. trace["src_events"]!.Where(e => (string?)e[1] == "MIGRATION_PASS").Select(e => (double)e[0]!).TakeWhile(t => t < LetGo),
        ];
        Assert.That(passes.Skip(1), Is.EqualTo(expected.Skip(1)).Within(0.35)); // the first is in setup
    }

    private static JObject Read(string name)
    {
        using System.IO.Stream resource = typeof(TraceTests).Assembly.GetManifestResourceStream(name)!;
        using var reader = new JsonTextReader(new StreamReader(resource));
        return JObject.Load(reader);
    }

    private static void Compare(JToken sample, MigrationInfo info)
    {
        string when = $"at {sample["t"]} s";
        MigrationStats ram = info.Ram!;
        Assert.Multiple(() =>
        {
            Assert.That(ram.Mbps, Is.EqualTo((double)sample["mbps"]!).Within(Tolerance * ram.Mbps), when);
            Assert.That(ram.Transferred, Is.EqualTo((double)sample["transferred"]!).Within(2 * Window), when);
            Assert.That(info.ExpectedDowntime, Is.EqualTo((double)sample["expected-downtime"]!).Within(Tolerance * 1500), when);
        });
    }
}
