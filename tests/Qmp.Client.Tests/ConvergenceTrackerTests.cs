using Newtonsoft.Json.Linq;
using Qmp.Client.Migration;
using Qmp.Types;

namespace Qmp.Client.Tests;

/// <summary>The verdict on series of answers as QEMU gives them, from a model of a guest and a link.</summary>
[TestFixture]
internal sealed class ConvergenceTrackerTests
{
    private const double Bandwidth = 20e6;

    /// <summary>Guests that write faster than the link carries: said by the fourth pass, at any interval of asking.</summary>
    [Test]
    public void A_guest_that_outruns_the_link_is_named_within_three_passes(
        [Values(1.02, 1.3, 3, 50)] double rate, [Values(0.3, 1)] double workingSet, [Values(50, 200, 700)] int interval)
    {
        var model = new PrecopyModel { DirtyRate = rate * Bandwidth, WorkingSet = workingSet * 128e6 };
        Convergence verdict = Watch(model, interval, until: c => c.Verdict == ConvergenceVerdict.DoesNotConverge);
        // The first pass sends all memory, the second what was dirtied meanwhile: the first that can repeat itself.
        Assert.That(model.Pass, Is.LessThanOrEqualTo(5), verdict.ToString());
        Assert.That(verdict.ExpectedDowntime.TotalSeconds, Is.EqualTo(workingSet * 128e6 / Bandwidth).Within(0.1).Percent.Or.EqualTo(workingSet * 128e6 / Bandwidth).Within(0.35));
        Assert.That(verdict.DowntimeLimit, Is.EqualTo(TimeSpan.FromMilliseconds(300)));
        Assert.That(verdict.SufficientBandwidth, Is.EqualTo(workingSet * 128e6 / 0.3).Within(3).Percent);
        Assert.That(verdict.ToString(), Does.StartWith("does not converge: ").And.Contain("; enough would be downtime-limit="));
    }

    /// <summary>The first pass sends all of memory, more than the guest writes: what the second has less says nothing.</summary>
    [Test]
    public void A_guest_that_outruns_the_link_is_never_said_to_converge(
        [Values(1.02, 1.3, 3, 50)] double rate, [Values(0.3, 0.6, 1)] double workingSet, [Values(20, 50, 200, 700, 3000)] int interval)
    {
        var model = new PrecopyModel { DirtyRate = rate * Bandwidth, WorkingSet = workingSet * 128e6 };
        Watch(model, interval, until: c =>
        {
            Assert.That(c.Verdict, Is.Not.EqualTo(ConvergenceVerdict.Converges), $"pass {model.Pass}: {c}");
            return model.Pass > 8;
        });
    }

    [Test]
    public void What_is_said_to_help_does(
        [Values] bool byBandwidth)
    {
        var model = new PrecopyModel { DirtyRate = 3 * Bandwidth, WorkingSet = 40e6 };
        Convergence verdict = Watch(model, 100, until: c => c.Verdict == ConvergenceVerdict.DoesNotConverge);
        PrecopyModel helped = byBandwidth
            ? new PrecopyModel { DirtyRate = 3 * Bandwidth, WorkingSet = 40e6, Bandwidth = verdict.SufficientBandwidth * 1.05 }
            : new PrecopyModel { DirtyRate = 3 * Bandwidth, WorkingSet = 40e6, Limit = verdict.SufficientDowntimeLimit };
        Watch(helped, 100, until: _ => helped.IsComplete);
        Assert.That(helped.Pass, Is.LessThan(10));
    }

    [Test]
    public void A_guest_that_is_slower_than_the_link_is_never_given_up(
        [Values(0, 0.1, 0.5, 0.8, 0.9, 0.95, 0.98)] double rate, [Values(20, 100, 1000)] int interval,
        [Values(50, 300)] int limit)
    {
        var model = new PrecopyModel
        {
            DirtyRate = rate * Bandwidth, WorkingSet = 100e6, Limit = TimeSpan.FromMilliseconds(limit),
        };
        Watch(model, interval, until: c =>
        {
            Assert.That(c.Verdict, Is.Not.EqualTo(ConvergenceVerdict.DoesNotConverge), $"pass {model.Pass}: {c}");
            return model.IsComplete;
        });
    }

    [Test]
    public void The_time_left_is_about_right([Values(0.3, 0.6, 0.9)] double rate)
    {
        var model = new PrecopyModel { DirtyRate = rate * Bandwidth, WorkingSet = 100e6 };
        var guesses = new List<(double At, double Left)>();
        Watch(model, 100, until: c =>
        {
            if (c.TimeLeft is { } left && model.Pass >= 3) guesses.Add((model.Seconds, left.TotalSeconds));
            return model.IsComplete;
        });
        Assert.That(guesses, Is.Not.Empty);
        foreach ((double at, double left) in guesses)
        {
            double really = model.Seconds - at;
            Assert.That(left, Is.EqualTo(really).Within(Math.Max(1, really / 2)), $"at {at} of {model.Seconds} s");
        }
    }

    /// <summary>
    /// What a QEMU 10.0.2 answered, ten times a second on a busy machine, while a boot sector wrote half a MiB over and
    /// over (under TCG; <c>max-bandwidth</c> set): as fast as it could, or a few pages at each tick of the clock.
    /// </summary>
    [TestCase("never-converges", 5)]
    [TestCase("never-converges-near-the-limit", 12)]
    [TestCase("converges", null)]
    public void As_a_real_QEMU_answered(string recording, int? byPass)
    {
        var tracker = new ConvergenceTracker();
        long? named = null;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Recordings", recording + ".jsonl")))
        {
            var answer = JObject.Parse(line);
            if ((string?)answer["status"] != "active") continue;
            JToken ram = answer["ram"]!;
            Convergence now = tracker.Observe(
                new PrecopyModel { WorkingSet = 0, DirtyRate = 0 }.Info() with
                {
                    ExpectedDowntime = (long?)answer["expected-downtime"],
                    Ram = new PrecopyModel { WorkingSet = 0, DirtyRate = 0 }.Info().Ram! with
                    {
                        Remaining = (long)ram["remaining"]!,
                        Mbps = (double)ram["mbps"]!,
                        DirtyPagesRate = (long)ram["dirty-pages-rate"]!,
                        DirtySyncCount = (long)ram["dirty-sync-count"]!,
                    },
                },
                TimeSpan.FromMilliseconds((double)answer["at"]!));
            if (now.Verdict == ConvergenceVerdict.DoesNotConverge) named ??= (long)ram["dirty-sync-count"]!;
        }

        Assert.That(named, byPass is null ? Is.Null : Is.InRange(3, byPass));
    }

    [Test]
    public void A_throttle_that_rises_may_still_help()
    {
        var tracker = new ConvergenceTracker(throttles: true);
        var model = new PrecopyModel { DirtyRate = 3 * Bandwidth, WorkingSet = 40e6 };
        ConvergenceVerdict last = ConvergenceVerdict.Unknown;
        for (int i = 0; i < 200; i++)
        {
            model.Advance(100);
            long throttle = Math.Min(99, 20 + (10 * (model.Pass / 2)));
            last = tracker.Observe(model.Info() with { CpuThrottlePercentage = throttle }, model.Time).Verdict;
            if (throttle == 99) break;
            Assert.That(last, Is.Not.EqualTo(ConvergenceVerdict.DoesNotConverge), $"{throttle} %");
        }

        for (int i = 0; i < 200; i++)
        {
            model.Advance(100);
            last = tracker.Observe(model.Info() with { CpuThrottlePercentage = 99 }, model.Time).Verdict;
        }

        Assert.That(last, Is.EqualTo(ConvergenceVerdict.DoesNotConverge), "all of it was tried");
    }

    [Test]
    public void A_closed_gate_is_not_a_fast_guest()
    {
        // Little is left, and the passes go on since the destination has not acknowledged the switchover.
        var tracker = new ConvergenceTracker();
        var model = new PrecopyModel { DirtyRate = 0.5 * Bandwidth, WorkingSet = 40e6, IsHeld = true };
        for (int i = 0; i < 300; i++)
        {
            model.Advance(100);
            Convergence now = tracker.Observe(model.Info(), model.Time);
            Assert.That(now.Verdict, Is.Not.EqualTo(ConvergenceVerdict.DoesNotConverge), $"pass {model.Pass}: {now}");
        }

        Assert.That(model.Pass, Is.GreaterThan(20));
    }

    [Test]
    public void The_verdict_goes_when_the_guest_calms_down()
    {
        var tracker = new ConvergenceTracker();
        var model = new PrecopyModel { DirtyRate = 3 * Bandwidth, WorkingSet = 40e6 };
        Convergence now = Convergence.Unknown;
        while (now.Verdict != ConvergenceVerdict.DoesNotConverge)
        {
            model.Advance(100);
            now = tracker.Observe(model.Info(), model.Time);
            Assert.That(model.Pass, Is.LessThan(10));
        }

        model.DirtyRate = 0.3 * Bandwidth;
        var verdicts = new List<ConvergenceVerdict>();
        while (!model.IsComplete)
        {
            model.Advance(100);
            verdicts.Add(tracker.Observe(model.Info(), model.Time).Verdict);
        }

        Assert.That(verdicts, Does.Contain(ConvergenceVerdict.Converges));
        Assert.That(verdicts[^1], Is.Not.EqualTo(ConvergenceVerdict.DoesNotConverge));
    }

    private static Convergence Watch(PrecopyModel model, int interval, Func<Convergence, bool> until)
    {
        var tracker = new ConvergenceTracker();
        while (true)
        {
            model.Advance(interval);
            Convergence now = model.IsComplete ? Convergence.Unknown : tracker.Observe(model.Info(), model.Time);
            if (until(now)) return now;
            Assert.That(model.Seconds, Is.LessThan(3000), $"pass {model.Pass}: {now}");
        }
    }

    /// <summary>
    /// A precopy in steps of 10 ms: a guest that writes its working set round and round, and the numbers of QEMU's
    /// <c>query-migrate</c> with the windows in which QEMU renews them.
    /// </summary>
    private sealed class PrecopyModel
    {
        private const double Step = 0.01;
        private const double Memory = 128e6;

        private double _left = Memory; // of the pass
        private double _dirtied; // since the sync
        private double _atStart = Memory;
        private double _sentInWindow;
        private double _dirtiedInPeriod;
        private int _steps;
        private int _periodStart;
        private double _threshold;
        private double _mbps;
        private long _dirtyPages;
        private long _expected;

        public double Bandwidth { get; init; } = ConvergenceTrackerTests.Bandwidth;

        public required double WorkingSet { get; init; }

        public required double DirtyRate { get; set; }

        public TimeSpan Limit { get; init; } = TimeSpan.FromMilliseconds(300);

        /// <summary>Whether something else than memory keeps it from its end.</summary>
        public bool IsHeld { get; init; }

        public long Pass { get; private set; } = 1;

        public bool IsComplete { get; private set; }

        public double Seconds => _steps * Step;

        public TimeSpan Time => TimeSpan.FromSeconds(Seconds);

        public void Advance(int milliseconds)
        {
            for (int i = 0; i < milliseconds / 10 && !IsComplete; i++) Advance();
        }

        public MigrationInfo Info() => new()
        {
            Status = MigrationStatus.Active,
            ExpectedDowntime = _expected == 0 ? (long)Limit.TotalMilliseconds : _expected,
            Ram = new MigrationStats
            {
                Transferred = 0, Remaining = (long)_left, Total = (long)Memory, Duplicate = 0, Normal = 0, NormalBytes = 0,
                DirtyPagesRate = _dirtyPages, Mbps = _mbps, DirtySyncCount = Pass, PostcopyRequests = 0, PageSize = 4096,
                MultifdBytes = 0, PagesPerSecond = 0, PrecopyBytes = 0, DowntimeBytes = 0, PostcopyBytes = 0,
                DirtySyncMissedZeroCopy = 0,
            },
        };

        private void Advance()
        {
            _steps++;
            double sent = Math.Min(_left, Bandwidth * Step);
            _left -= sent;
            _sentInWindow += sent;
            _dirtied = Math.Min(WorkingSet, _dirtied + (DirtyRate * Step));
            if (_steps % 10 == 0) EndWindow();
            if (_left < _threshold || _left <= 0) Sync();
        }

        private void EndWindow()
        {
            double rate = _sentInWindow / 0.1;
            _threshold = rate * Limit.TotalSeconds;
            _mbps = rate * 8 / 1e6;
            if (_dirtyPages > 0 && rate > 1e5) _expected = Math.Max(1, (long)(_atStart / rate * 1000));
            _sentInWindow = 0;
        }

        private void Sync()
        {
            Pass++;
            _dirtiedInPeriod += _dirtied;
            _left = Math.Min(Memory, Math.Max(_left + _dirtied, _dirtied));
            if (DirtyRate > Bandwidth) _left = Math.Max(_dirtied, Math.Min(_left, WorkingSet));
            _atStart = _left;
            _dirtied = 0;
            double period = (_steps - _periodStart) * Step;
            if (period >= 1)
            {
                _dirtyPages = (long)(_dirtiedInPeriod / 4096 / period);
                _dirtiedInPeriod = 0;
                _periodStart = _steps;
            }

            if (!IsHeld && _left < _threshold) IsComplete = true;
        }
    }
}
