using Qmp.Types;

namespace Qmp.Client.Migration;

/// <summary>Tells from a series of answers to <c>query-migrate</c> whether a migration converges.</summary>
/// <remarks>
/// <para>The dirty rate that QEMU reports counts distinct pages, so a guest that outruns the link always shows a rate
/// just below the bandwidth. What does tell is how much was left at the start of the passes. QEMU keeps that number, and
/// its <c>expected-downtime</c> is that number divided by the bandwidth; so it is known for every pass, however seldom
/// one asks.</para>
/// <para>What counts is the excess: what was left beyond what fits into the downtime limit. It shrinks by the same ratio
/// from pass to pass where a guest is slower than the link, and not at all where it is faster.</para>
/// <para>Not thread-safe. One tracker is for one migration.</para>
/// </remarks>
public sealed class ConvergenceTracker
{
    /// <summary>Starts of passes, the current one included, that must not have fallen where the excess is clear.</summary>
    private const int Passes = 3;

    /// <summary>An excess that shrinks by less from pass to pass is as good as one that stays.</summary>
    private const double Fall = 0.015;

    /// <summary>By this part what is left varies though nothing has changed.</summary>
    private const double Noise = 0.004;

    /// <summary>
    /// The closer to the limit, the more passes it takes to tell a slow fall from none: from which excess on, in parts of
    /// what fits, how many passes are compared, and by how much the later half must be below the earlier one.
    /// </summary>
    private static readonly (double Excess, int Passes, double Fall)[] Trends = [(0.25, 6, 0.04), (0.05, 12, 0.05)];

    /// <summary>From this part of what fits on the excess is clear.</summary>
    private const double ClearExcess = 0.5;

    /// <summary>A verdict stands until the excess is this part of what it was.</summary>
    private const double Relief = 0.85;

    private const int MostPasses = 12;

    /// <summary>The last pass is one whose excess is a small part of what fits into the limit.</summary>
    private const double LastExcess = 0.05;

    /// <summary>Nothing above this is a throttle that still rises.</summary>
    private const int MostThrottle = 99;

    /// <summary>A throttle rises at every second period of at least a second.</summary>
    private static readonly TimeSpan ThrottlePeriod = TimeSpan.FromSeconds(6);

    /// <summary>QEMU renews its figures every 100 ms.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(150);

    private static readonly TimeSpan DefaultLimit = TimeSpan.FromMilliseconds(300);

    private readonly List<PassStart> _starts = [];
    private readonly bool _throttles;
    private TimeSpan _limit;
    private bool _isMeasured;
    private double? _outrunBy;
    private int _throttle;
    private long _throttlePass;
    private TimeSpan? _throttledAt;
    private (long ExpectedDowntime, double Mbps) _figures;
    private TimeSpan _measuredAt;

    /// <summary>A tracker for one migration.</summary>
    /// <param name="downtimeLimit">
    /// The limit; by default it is read from the first answers, or it is QEMU's own of 300 ms.
    /// </param>
    /// <param name="throttles">
    /// Whether the capability <c>auto-converge</c> is on: then a guest is given up only when its throttle has stopped
    /// rising.
    /// </param>
    public ConvergenceTracker(TimeSpan? downtimeLimit = null, bool throttles = false)
    {
        _limit = downtimeLimit ?? DefaultLimit;
        _throttles = throttles;
    }

    /// <summary>Takes the next answer.</summary>
    /// <param name="info">What <c>query-migrate</c> answered.</param>
    /// <param name="at">When, from any fixed moment on.</param>
    /// <returns>What follows from all answers so far.</returns>
    public Convergence Observe(MigrationInfo info, TimeSpan at)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (info is not { Status: MigrationStatus.Active, Ram: { } ram }) return Convergence.Unknown;
        NoteLimit(info, ram);
        NoteThrottle((int)(info.CpuThrottlePercentage ?? 0), ram.DirtySyncCount, at);
        NoteStart(info, ram, at);
        PassStart last = _starts[^1];
        double fits = _limit.TotalSeconds * last.Bandwidth;
        var convergence = new Convergence
        {
            RemainingAtStart = (long)last.Bytes,
            ExpectedDowntime = TimeSpan.FromSeconds(last.Seconds),
            DowntimeLimit = _limit,
            Bandwidth = last.Bandwidth,
            Throttle = _throttle,
        };
        // During the first pass only the size of memory is known.
        if (!_isMeasured || last.Bandwidth <= 0 || last.Number < 2) return convergence;
        if (IsOutrun(at)) return convergence with { Verdict = ConvergenceVerdict.DoesNotConverge };
        double sending = ram.Remaining / last.Bandwidth;
        if (last.Bytes <= fits)
        {
            return convergence with { Verdict = ConvergenceVerdict.Converges, TimeLeft = TimeSpan.FromSeconds(sending) };
        }

        return LaterPasses(fits) is { } later
            ? convergence with
            {
                Verdict = ConvergenceVerdict.Converges,
                TimeLeft = TimeSpan.FromSeconds(sending + (later / last.Bandwidth)),
            }
            : convergence;
    }

    /// <summary>Until it has measured something QEMU gives the limit for the expected downtime.</summary>
    private void NoteLimit(MigrationInfo info, MigrationStats ram)
    {
        _isMeasured |= ram.DirtyPagesRate > 0;
        if (!_isMeasured && info.ExpectedDowntime is { } limit and > 0) _limit = TimeSpan.FromMilliseconds(limit);
    }

    private void NoteThrottle(int percentage, long pass, TimeSpan at)
    {
        if (percentage > _throttle || (_throttledAt is null && pass >= 2))
        {
            (_throttlePass, _throttledAt) = (pass, at);
            _outrunBy = null;
        }

        _throttle = percentage;
    }

    private void NoteStart(MigrationInfo info, MigrationStats ram, TimeSpan at)
    {
        var figures = (info.ExpectedDowntime ?? 0, ram.Mbps);
        // Several passes fit into a window, and until it ends they all show the figures of the same one.
        bool isNew = !_isMeasured || figures != _figures || at - _measuredAt >= Window;
        PassStart? known = _starts.Count > 0 && _starts[^1].Number == ram.DirtySyncCount ? _starts[^1] : null;
        if (!isNew && known is null) return;
        (_figures, _measuredAt) = (figures, isNew ? at : _measuredAt);
        double bandwidth = ram.Mbps * 1e6 / 8;
        double seconds = _isMeasured ? figures.Item1 / 1e3 : 0;
        // Less than what remains in the middle of a pass it cannot have been.
        double bytes = Math.Max(seconds * bandwidth, ram.Remaining);
        int looks = 1;
        if (known is { } before)
        {
            looks = before.Looks + 1;
            if (seconds == 0 || !isNew) bytes = Math.Max(bytes, before.Bytes);
            if (bandwidth <= 0) bandwidth = before.Bandwidth;
            _starts.RemoveAt(_starts.Count - 1);
        }

        _starts.Add(new(ram.DirtySyncCount, bytes, bandwidth, looks));
        if (_starts.Count > MostPasses) _starts.RemoveAt(0);
    }

    private bool IsOutrun(TimeSpan at)
    {
        double fits = _limit.TotalSeconds * UsualBandwidth();
        double[] excesses = [.. _starts.Select(s => s.Bytes - fits)];
        double excess = excesses[^1];
        if (_outrunBy is { } before && excess < before * Relief) _outrunBy = null;
        if (_outrunBy is not null) return true;
        if (MayThrottleHelp(_starts[^1].Number, at)) return false;
        // The first look at a pass may still show the figures of the one before it.
        bool mayBeOld = _starts is [.., { Looks: > 1 }, { Looks: 1 }];
        bool stays = excess >= fits * ClearExcess && !mayBeOld && NoneFalls(excesses, fits);
        foreach ((double least, int passes, double fall) in Trends)
        {
            stays |= excess >= fits * least && excesses.Length >= passes && Stays(excesses[^passes..], fall);
        }

        if (stays) _outrunBy = excess;
        return stays;
    }

    /// <summary>Whether none of the latest starts has less than the one before it.</summary>
    private static bool NoneFalls(double[] excesses, double fits)
    {
        if (excesses.Length < Passes) return false;
        double first = excesses[^Passes];
        double tolerance = Math.Max(first * Fall, (first + fits) * Noise);
        return excesses[^Passes..].Min() >= first - tolerance && excesses[^1] >= excesses[^2] - tolerance;
    }

    /// <summary>Whether the later half has as much as the earlier one, on average.</summary>
    private static bool Stays(ReadOnlySpan<double> excesses, double fall)
    {
        int half = excesses.Length / 2;
        return Average(excesses[half..]) >= Average(excesses[..half]) * (1 - fall);
    }

    private static double Average(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values) sum += value;
        return sum / values.Length;
    }

    // A single window may be slow; what fits must not jump with it.
    private double UsualBandwidth()
    {
        double[] latest = [.. _starts.TakeLast(5).Select(s => s.Bandwidth).Where(b => b > 0).Order()];
        return latest.Length > 0 ? latest[latest.Length / 2] : 0;
    }

    private bool MayThrottleHelp(long pass, TimeSpan at)
    {
        if (!_throttles && _throttle == 0) return false;
        return _throttle < MostThrottle
            && (pass - _throttlePass < Passes || at - _throttledAt.GetValueOrDefault() < ThrottlePeriod);
    }

    /// <summary>Bytes that the passes after the current one send, if the excess shrinks on as it has.</summary>
    /// <returns><see langword="null"/> if it does not shrink, or cannot be compared.</returns>
    private double? LaterPasses(double fits)
    {
        if (_starts is not [.., { IsOfWhatWasDirtied: true } earlier, var last]) return null;
        double excess = last.Bytes - fits;
        double ratio = Math.Pow(excess / (earlier.Bytes - fits), 1.0 / (last.Number - earlier.Number));
        if (!(ratio > 0 && ratio < 1 - Fall)) return null;
        double sum = 0;
        for (double next = excess * ratio; next > fits * LastExcess; next *= ratio) sum += next;
        return sum + fits;
    }

    /// <summary>What was left at the start of a pass.</summary>
    private readonly record struct PassStart(long Number, double Bytes, double Bandwidth, int Looks)
    {
        /// <summary>
        /// Whether it is known how much the guest had written. The first pass starts with all of memory, and a single look
        /// at the second one may still show that.
        /// </summary>
        public bool IsOfWhatWasDirtied => Number > 2 || (Number == 2 && Looks > 1);

        /// <summary>How long it takes to send that.</summary>
        public double Seconds => Bandwidth > 0 ? Bytes / Bandwidth : 0;
    }
}
