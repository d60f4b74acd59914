using Qmp.Client.Migration;
using Qmp.Types;

namespace Qmp.Shell.Watch;

/// <summary>A line when the status or the pass changes, and now and then between.</summary>
internal sealed class LineView(TextWriter output) : MigrationView
{
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(1);

    private (MigrationStatus Status, long Pass, string Gate, ConvergenceVerdict Verdict) _shown;
    private TimeSpan _shownAt;

    public override TimeSpan Interval => TimeSpan.FromMilliseconds(200);

    public override Task ShowAsync(Func<Action<WatchFrame>, Task> run) => run(Show);

    private void Show(WatchFrame frame)
    {
        (MigrationStatus, long, string, ConvergenceVerdict) now =
            (frame.Progress.Status, frame.Progress.Pass, frame.Gate, frame.Progress.Convergence.Verdict);
        if (now == _shown && frame.Progress.Elapsed - _shownAt < QuietTime) return;
        _shown = now;
        _shownAt = frame.Progress.Elapsed;
        output.WriteLine(string.Join("  ", Figures(frame)));
    }

    private static IEnumerable<string> Figures(WatchFrame frame)
    {
        yield return Quantity.Seconds(frame.Progress.Elapsed).PadLeft(7);
        yield return frame.Progress.Status.ToString().ToLowerInvariant();
        if (frame.Progress.Info.Ram is null) yield break;
        yield return $"pass {frame.Progress.Pass}";
        yield return $"remaining {Quantity.Bytes(frame.Progress.RemainingBytes)}";
        yield return $"sends {Quantity.Rate(frame.Progress.SendRate)}";
        yield return $"dirties {Quantity.Rate(frame.Progress.DirtyRate)}";
        yield return $"downtime {Quantity.Milliseconds(frame.Progress.Info.Downtime ?? frame.Progress.Info.ExpectedDowntime)}";
        yield return $"gate {frame.Gate}";
        Convergence outlook = frame.Progress.Convergence;
        if (outlook.Verdict != ConvergenceVerdict.Unknown) yield return outlook.ToString();
    }
}
