using Qmp.Devices.Workload;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Convergence;

/// <summary>The engine on the virtual clock, and a model that shares no code with it: every figure is the same.</summary>
[TestFixture]
internal sealed class ConvergenceTests
{
    private const string Path = "/mig";

    private static IEnumerable<Scenario> Scenarios()
    {
        // RAM, bandwidth, dirty rate, downtime: a grid of what matters, then what is special.
        foreach (int ram in new[] { 16, 64, 256 })
        {
            foreach (int bandwidth in new[] { 8, 32, 128 })
            {
                foreach (double rate in new[] { 0, 2, 30 })
                {
                    foreach (int downtime in new[] { 20, 1000 })
                    {
                        yield return new Scenario
                        {
                            Ram = ram, Noise = Math.Min(ram / 2, 64), WorkingSet = ram / 4, MaxBandwidth = bandwidth,
                            DirtyRate = rate, DowntimeLimit = downtime, Seconds = 12,
                        };
                    }
                }
            }
        }

        yield return new Scenario { Ram = 1024, Noise = 64, WorkingSet = 128, MaxBandwidth = 64, DirtyRate = 10 };
        yield return new Scenario { Ram = 1024, Noise = 256, WorkingSet = 256, MaxBandwidth = 128, DirtyRate = 60.5 };
        yield return new Scenario { Ram = 1024, Noise = 8, WorkingSet = 16, MaxBandwidth = 0, DirtyRate = 100 };
        yield return new Scenario { DirtyRate = 0.3, WorkingSet = 2, DowntimeLimit = 1, MaxBandwidth = 4, Seconds = 60 };
        foreach (bool tailSlow in new[] { false, true })
        {
            yield return new Scenario { AutoConverge = true, TailSlow = tailSlow, DirtyRate = 40, DowntimeLimit = 50 };
            yield return new Scenario
            {
                AutoConverge = true, TailSlow = tailSlow, DirtyRate = 100, DowntimeLimit = 30, MaxBandwidth = 16,
                WorkingSet = 24, Seconds = 60,
            };
            yield return new Scenario
            {
                AutoConverge = true, TailSlow = tailSlow, DirtyRate = 12, DowntimeLimit = 100, MaxBandwidth = 8,
                Ram = 256, Noise = 64, WorkingSet = 64, Seconds = 60,
            };
            yield return new Scenario
            {
                AutoConverge = true, TailSlow = tailSlow, DirtyRate = 400, DowntimeLimit = 10, MaxBandwidth = 4,
                Ram = 128, Noise = 32, WorkingSet = 32, Seconds = 90,
            };
        }
    }

    [Category("Slow")]
    [TestCaseSource(nameof(Scenarios))]
    public void The_engine_does_what_the_model_says(Scenario scenario)
    {
        Outcome expected = new ConvergenceModel(scenario).Run();
        Outcome actual = Migrate(scenario);
        Assert.That(actual with { Mbps = 0 }, Is.EqualTo(expected with { Mbps = 0 }));
        Assert.That(actual.Mbps, Is.EqualTo(expected.Mbps).Within(1e-6));
    }

    private static Outcome Migrate(Scenario scenario)
    {
        var timeline = new VirtualTimeline();
        var network = new VirtualNetwork(timeline)
        {
            Link = new LinkSettings { Bandwidth = scenario.Link * 1L << 20, Buffer = int.MaxValue },
        };
        var settings = new WorkloadSettings
        {
            Rate = (long)(scenario.DirtyRate * (1 << 20)), WorkingSet = (long)scenario.WorkingSet << 20,
        };
        using var source = new TestMachine(timeline, network, "src", (ulong)scenario.Ram << 20, workload: settings);
        using var destination = new TestMachine(timeline, network, "dst", (ulong)scenario.Ram << 20);
        Fill(source.Machine.Memory, scenario.Noise);
        source.With(MigrationCapability.ReturnPath);
        if (scenario.AutoConverge) source.With(MigrationCapability.AutoConverge);
        destination.With(MigrationCapability.ReturnPath);
        source.Core.Options.SetParameters(new MigrateSetParameters
        {
            MaxBandwidth = (ulong)scenario.MaxBandwidth << 20,
            DowntimeLimit = (ulong)scenario.DowntimeLimit,
            CpuThrottleTailslow = scenario.TailSlow,
        });
        var steps = new List<long>();
        MigrationInfo info = null!;
        timeline.Run(async () =>
        {
            destination.Listening(Path);
            source.Running();
            await Wait.ForAsync(timeline, TimeSpan.FromMicroseconds(500));
            source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
            Waker waker = timeline.CreateWaker();
            // The last look is a microsecond before the end, when nothing of what happens then has happened.
            long end = timeline.Elapsed + scenario.Seconds * 1_000_000_000L - 1000;
            while (timeline.Elapsed < end && (info = source.Core.Query()).Status != MigrationStatus.Completed)
            {
                if (info.CpuThrottlePercentage is { } step && (steps is [] || steps[^1] != step)) steps.Add(step);
                long left = Math.Min(1_000_000, end - timeline.Elapsed);
                await waker.WaitAsync(TimeSpan.FromMicroseconds(left / 1000));
            }

            info = source.Core.Query();
            source.Core.Cancel();
            await Wait.EndAsync(source, timeline);
            await source.Machine.ForceStateAsync(source.Machine.RunState);
        });
        MigrationStats ram = info.Ram!;
        return new Outcome
        {
            Completed = info.Status == MigrationStatus.Completed,
            Passes = ram.DirtySyncCount,
            ThrottleSteps = string.Join(' ', steps),
            NormalPages = ram.Normal,
            ZeroPages = ram.Duplicate,
            Transferred = ram.Transferred,
            PrecopyBytes = (long)ram.PrecopyBytes,
            DowntimeBytes = (long)ram.DowntimeBytes,
            DirtyPagesRate = ram.DirtyPagesRate,
            ExpectedDowntime = info.ExpectedDowntime ?? 0,
            Downtime = info.Downtime ?? 0,
            TotalTime = info.TotalTime ?? 0,
            Mbps = ram.Mbps,
        };
    }

    private static void Fill(GuestMemory memory, int mebibytes)
    {
        byte[] noise = new byte[1 << 20];
        new Random(7).NextBytes(noise);
        for (int i = 0; i < mebibytes; i++) memory.Load((ulong)i << 20, noise);
    }
}
