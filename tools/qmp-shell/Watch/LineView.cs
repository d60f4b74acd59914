using Qmp.Client.Migration;
using Qmp.Types;

namespace Qmp.Shell.Watch;

/// <summary>A line when the status or the pass changes, and now and then between.</summary>
internal sealed class LineView(TextWriter output) : MigrationView
{
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(1);

    private (MigrationStatus Status, long Pass, string Gate, ConvergenceVerdict Verdict, string Note) _shown;
    private TimeSpan _shownAt;

    public override TimeSpan Interval => TimeSpan.FromMilliseconds(200);

    public override Task ShowAsync(Func<Action<WatchFrame>, Task> run) => run(Show);

    private void Show(WatchFrame frame)
    {
        (MigrationStatus, long, string, ConvergenceVerdict, string) now =
            (frame.Progress.Status, frame.Progress.Pass, frame.Gate, frame.Progress.Convergence.Verdict, frame.Note);
        // A pause may be long, and there is nothing new in it.
        if (now == _shown && (frame.Next.Length > 0 || frame.Progress.Elapsed - _shownAt < QuietTime)) return;
        _shown = now;
        _shownAt = frame.Progress.Elapsed;
        output.WriteLine(string.Join("  ", Figures(frame)));
    }

    private static IEnumerable<string> Figures(WatchFrame frame)
    {
        yield return Quantity.Seconds(frame.Progress.Elapsed).PadLeft(7);
        yield return frame.StatusName;
        if (frame.Progress.Info.Ram is not null)
        {
            foreach (string figure in frame.IsPostcopy ? FiguresAhead(frame) : FiguresBefore(frame)) yield return figure;
        }

        if (frame.Loss.Length > 0) yield return frame.Loss;
        if (frame.Next.Length > 0) yield return $"next: {frame.Next}";
        if (frame.Note.Length > 0) yield return $"note: {frame.Note}";
    }

    private static IEnumerable<string> FiguresAhead(WatchFrame frame)
    {
        yield return $"pass {frame.Progress.Pass}";
        yield return $"remaining {Quantity.Bytes(frame.Progress.RemainingBytes)}";
        yield return $"sends {Quantity.Rate(frame.Progress.SendRate)}";
        yield return $"page requests {frame.PageRequests}";
        yield return $"downtime {Quantity.Milliseconds(frame.Progress.Info.Downtime)}";
    }

    private static IEnumerable<string> FiguresBefore(WatchFrame frame)
    {
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
