using System.Globalization;
using Qmp.Client.Migration;
using Qmp.Types;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Qmp.Shell.Watch;

/// <summary>A table that changes in its place.</summary>
/// <param name="console">The terminal.</param>
/// <param name="hint">What the keys do.</param>
internal sealed class LiveView(IAnsiConsole console, string hint) : MigrationView
{
    private const int BarWidth = 30;

    public override TimeSpan Interval => TimeSpan.FromMilliseconds(100);

    public override Task ShowAsync(Func<Action<WatchFrame>, Task> run) =>
        console.Live(new Text("The migration starts."))
            .StartAsync(context => run(frame =>
            {
                context.UpdateTarget(Render(frame));
                context.Refresh();
            }));

    private Table Render(WatchFrame frame)
    {
        Table table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        foreach ((string name, IRenderable value) in Rows(frame)) table.AddRow(new Text(name), value);
        return table;
    }

    private IEnumerable<(string Name, IRenderable Value)> Rows(WatchFrame frame)
    {
        yield return ("status", new Text(
            $"{frame.StatusName}, {Quantity.Seconds(frame.Progress.Elapsed)}",
            new Style(ColourOf(frame.Progress.Status))));
        yield return ("pass", new Text(frame.Progress.Pass.ToString(CultureInfo.InvariantCulture) + "  " + Bar(frame)));
        yield return ("remaining", new Text(Quantity.Bytes(frame.Progress.RemainingBytes)));
        yield return ("bandwidth", new Text(Quantity.Rate(frame.Progress.SendRate)));
        if (!frame.IsPostcopy) yield return ("dirty rate", new Text(Quantity.Rate(frame.Progress.DirtyRate)));
        if (frame.PageRequests is { } requests) yield return ("page requests", new Text(requests.ToString(CultureInfo.InvariantCulture)));
        yield return frame.IsPostcopy || frame.Progress.Info.Downtime is not null
            ? ("downtime", new Text(Quantity.Milliseconds(frame.Progress.Info.Downtime)))
            : ("expected downtime", new Text(ExpectedDowntime(frame.Progress)));
        if (frame.Progress.Status == MigrationStatus.Active)
        {
            yield return ("outlook", new Text(
                frame.Progress.Convergence.ToString(), new Style(frame.Progress.IsOutrun ? Color.Red : Color.Default)));
        }

        if (!frame.IsPostcopy) yield return ("gate", new Text(frame.Gate));
        if (frame.Loss.Length > 0) yield return ("lost", new Text(frame.Loss));
        if (frame.Next.Length > 0) yield return ("next", new Text(frame.Next, new Style(Color.Yellow)));
        if (frame.Note.Length > 0 && !frame.IsOver) yield return ("note", new Text(frame.Note));
        if (hint.Length > 0 && !frame.IsOver) yield return ("keys", new Text(hint));
    }

    // Before it has measured anything QEMU gives the limit.
    private static string ExpectedDowntime(MigrationProgress progress) => progress.DirtyRate > 0
        ? Quantity.Milliseconds(progress.Info.ExpectedDowntime)
        : $"not known yet; the limit is {Quantity.Milliseconds(progress.Info.ExpectedDowntime)}";

    private static string Bar(WatchFrame frame)
    {
        bool isOver = frame.Progress.Status == MigrationStatus.Completed;
        int done = (int)Math.Round((isOver ? 1 : frame.PassDone) * BarWidth);
        return new string('━', done) + new string('╌', BarWidth - done);
    }

    private static Color ColourOf(MigrationStatus status) => status switch
    {
        MigrationStatus.Completed => Color.Green,
        MigrationStatus.PostcopyPaused => Color.Yellow,
        MigrationStatus.Failed or MigrationStatus.Cancelled or MigrationStatus.Cancelling => Color.Red,
        _ => Color.Default,
    };
}
