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
    /// <summary>An excess that shrinks by less is as good as one that stays.</summary>
    private const double Fall = 0.015;

    /// <summary>Starts of passes, the current one included, that must not have fallen.</summary>
    private const int Passes = 3;

    /// <summary>The same for a migration that all but fits into the limit, where measuring is coarse.</summary>
    private const int PassesNearLimit = 12;

    /// <summary>From this part of the limit on the excess is clear.</summary>
    private const double ClearExcess = 0.5;

    /// <summary>Below this part of the limit the excess may be an error of measurement.</summary>
    private const double LeastExcess = 0.05;

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
        if (known is { } before)
        {
            if (seconds == 0 || !isNew) bytes = Math.Max(bytes, before.Bytes);
            if (bandwidth <= 0) bandwidth = before.Bandwidth;
            _starts.RemoveAt(_starts.Count - 1);
        }

        _starts.Add(new(ram.DirtySyncCount, bytes, bandwidth));
        if (_starts.Count > PassesNearLimit) _starts.RemoveAt(0);
    }

    private bool IsOutrun(TimeSpan at)
    {
        PassStart last = _starts[^1];
        double fits = _limit.TotalSeconds * last.Bandwidth;
        double excess = last.Bytes - fits;
        if (_outrunBy is { } before && excess < before * (1 - (2 * Fall))) _outrunBy = null;
        if (_outrunBy is not null) return true;
        if (excess < fits * LeastExcess || MayThrottleHelp(last.Number, at)) return false;
        int needed = excess >= fits * ClearExcess ? Passes : PassesNearLimit;
        if (_starts.Count < needed) return false;
        // The bandwidth varies a little; the same one for all of them does not.
        double[] excesses = [.. _starts.TakeLast(needed).Select(s => s.Bytes - fits)];
        if (excesses.Min() < excesses[0] * (1 - Fall) || excess < excesses[^2] * (1 - Fall)) return false;
        _outrunBy = excess;
        return true;
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
        if (_starts.Count < 2) return null;
        PassStart last = _starts[^1];
        PassStart earlier = _starts[^2];
        double excess = last.Bytes - fits;
        double ratio = Math.Pow(excess / (earlier.Bytes - fits), 1.0 / (last.Number - earlier.Number));
        if (!(ratio > 0 && ratio < 1 - Fall)) return null;
        double sum = 0;
        for (double next = excess * ratio; next > fits * LastExcess; next *= ratio) sum += next;
        return sum + fits;
    }

    /// <summary>What was left at the start of a pass.</summary>
    private readonly record struct PassStart(long Number, double Bytes, double Bandwidth)
    {
        /// <summary>How long it takes to send that.</summary>
        public double Seconds => Bandwidth > 0 ? Bytes / Bandwidth : 0;
    }
}
