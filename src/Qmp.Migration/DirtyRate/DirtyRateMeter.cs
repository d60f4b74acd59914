using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.DirtyRate;

/// <summary>Measures how fast the guest dirties its memory, over a set time (<c>calc-dirty-rate</c>).</summary>
/// <remarks>Started with the machine's lock held, asked by anybody; one activity, <c>mig/dirtyrate</c>, measures.</remarks>
public sealed class DirtyRateMeter
{
    private const long MinTime = 50;
    private const long MaxTime = 60_000;
    private const long MinSamplePages = 128;
    private const long MaxSamplePages = 16384;
    private const long DefaultSamplePages = 512;

    private readonly VirtualMachine _machine;
    private readonly Random _random;
    private readonly Waker _waker;
    private volatile Measurement _last = new(
        DirtyRateMeasureMode.PageSampling, DirtyRateStatus.Unstarted, StartTime: 0, Milliseconds: 0, SamplePages: 0);

    private Activity? _activity;
    private volatile bool _shutDown;

    internal DirtyRateMeter(VirtualMachine machine, Random random)
    {
        _machine = machine;
        _random = random;
        _waker = machine.Timeline.CreateWaker();
    }

    /// <summary>Begins to measure.</summary>
    /// <exception cref="MigrationException">Something is out of its range, or a measurement runs.</exception>
    public void Start(CalcDirtyRateArguments arguments)
    {
        Refuse(_last.Status == DirtyRateStatus.Measuring, "the dirty rate is already being measured.");
        long milliseconds = arguments.CalcTimeUnit == TimeUnit.Millisecond
            ? arguments.CalcTime
            : unchecked(arguments.CalcTime * 1000);
        Refuse(
            milliseconds is < MinTime or > MaxTime, $"Calculation time is out of range [{MinTime}ms, {MaxTime}ms].");
        DirtyRateMeasureMode mode = arguments.Mode ?? DirtyRateMeasureMode.PageSampling;
        if (arguments.SamplePages is { } pages)
        {
            Refuse(
                mode != DirtyRateMeasureMode.PageSampling, "sample-pages is used only in page-sampling mode");
            Refuse(
                pages is < MinSamplePages or > MaxSamplePages,
                $"sample-pages is out of range[{MinSamplePages}, {MaxSamplePages}].");
        }

        // A dirty ring is something that KVM has.
        Refuse(
            mode == DirtyRateMeasureMode.DirtyRing,
            $"mode {mode.ToWireName()} is not enabled, use other method instead.");
        var begun = new Measurement(
            mode, DirtyRateStatus.Measuring, WallClock, milliseconds, arguments.SamplePages ?? DefaultSamplePages);
        _last = begun;
        _activity = _machine.Timeline.Start("mig/dirtyrate", () => MeasureAsync(begun));
    }

    /// <summary>The state and the result of the latest measurement.</summary>
    public DirtyRateInfo Query(TimeUnit unit)
    {
        Measurement last = _last;
        bool measured = last.Status == DirtyRateStatus.Measured;
        return new DirtyRateInfo
        {
            DirtyRate = measured ? last.MebibytesPerSecond : null,
            Status = last.Status,
            StartTime = last.StartTime,
            CalcTime = unit == TimeUnit.Millisecond ? last.Milliseconds : last.Milliseconds / 1000,
            CalcTimeUnit = unit,
            SamplePages = measured && last.Mode == DirtyRateMeasureMode.DirtyBitmap ? 0 : (ulong)last.SamplePages,
            Mode = last.Mode,
        };
    }

    internal void Shutdown()
    {
        _shutDown = true;
        _waker.Wake();
    }

    internal ValueTask JoinAsync() => _activity?.JoinAsync() ?? ValueTask.CompletedTask;

    private long WallClock => _machine.Timeline.Clock.GetUtcNow().ToUnixTimeSeconds();

    private async ValueTask MeasureAsync(Measurement begun)
    {
        long start = _machine.Timeline.NowMilliseconds;
        IDirtyCount count = begun.Mode == DirtyRateMeasureMode.DirtyBitmap
            ? new LoggedPages(_machine.Memory)
            : new SampledPages(_machine.Memory, begun.SamplePages, _random);
        long left;
        while (!_shutDown
            && (left = start + begun.Milliseconds - _machine.Timeline.NowMilliseconds) > 0)
        {
            await _waker.WaitAsync(TimeSpan.FromMilliseconds(left));
        }

        long took = Math.Max(1, _machine.Timeline.NowMilliseconds - start);
        _last = begun with
        {
            Status = DirtyRateStatus.Measured,
            Milliseconds = took,
            MebibytesPerSecond = count.Finish(took),
        };
    }

    private static void Refuse(bool condition, string text)
    {
        if (condition) throw new MigrationException(text);
    }

    private sealed record Measurement(
        DirtyRateMeasureMode Mode, DirtyRateStatus Status, long StartTime, long Milliseconds, long SamplePages)
    {
        public long MebibytesPerSecond { get; init; } = -1;
    }
}
