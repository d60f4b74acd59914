using Qmp.Client.Migration;
using Qmp.Simulation;
using Qmp.Types;
using Spectre.Console;

namespace Demo;

/// <summary>Colours, and a bar for each pass.</summary>
internal sealed class TerminalScreen(IAnsiConsole console) : DemoScreen
{
    private const int NameWidth = 18;

    private readonly Lock _gate = new(); // the console is drawn by one at a time

    public override void Step(string text)
    {
        lock (_gate) console.Write(new Rule($"[bold]{Markup.Escape(text)}[/]").LeftJustified());
    }

    public override void Text(string text)
    {
        lock (_gate) console.MarkupLine($"[italic]{Markup.Escape(text)}[/]");
    }

    public override void Timeline(ScenarioResult result)
    {
        int width = Math.Clamp(console.Profile.Width - NameWidth - 3, 40, 160);
        lock (_gate)
        {
            foreach (TimelineRow row in new ScenarioTimeline(result, width).Rows())
            {
                console.MarkupLine(
                    $"{Markup.Escape(row.Name.PadLeft(NameWidth))} │[{ColourOf(row.Kind)}]{Markup.Escape(row.Text)}[/]│");
            }
        }
    }

    public override void Line(string who, string text)
    {
        string colour = who == MigrationDemo.Source ? "deepskyblue1" : "orange1";
        string shortened = Format.Shorten(text, Math.Max(40, console.Profile.Width - who.Length - 2));
        lock (_gate) console.MarkupLine($"[{colour}]{who}[/] {Markup.Escape(shortened)}");
    }

    public override void Summary(IReadOnlyList<(string Name, string Value)> figures, bool success, string verdict)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("", "").HideHeaders();
        foreach ((string name, string value) in figures) table.AddRow(Markup.Escape(name), Markup.Escape(value));
        lock (_gate)
        {
            console.Write(table);
            console.MarkupLine($"[{(success ? "green" : "red")}]{Markup.Escape(verdict)}[/]");
        }
    }

    public override void Fail(string reason)
    {
        lock (_gate) console.MarkupLine($"[red]demo: {Markup.Escape(reason)}[/]");
    }

    public override Task<T> WatchAsync<T>(Func<IProgress<MigrationProgress>, Task<T>> run) =>
        console.Progress()
            .AutoRefresh(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn())
            .StartAsync(async context =>
            {
                var bars = new Bars(this, context);
                T result = await run(bars);
                bars.End();
                return result;
            });

    private static string ColourOf(RowKind kind) => kind switch
    {
        RowKind.Source => "deepskyblue1",
        RowKind.Destination => "orange1",
        RowKind.Downtime => "red",
        RowKind.Bytes => "green",
        RowKind.Gate => "yellow",
        _ => "grey",
    };

    private sealed class Bars(TerminalScreen screen, ProgressContext context) : IProgress<MigrationProgress>
    {
        private readonly PassTracker _passes = new();
        private ConvergenceVerdict _verdict;
        private ProgressTask? _bar;
        private long _number;

        public void Report(MigrationProgress value)
        {
            lock (screen._gate)
            {
                if (value.Convergence.Verdict != _verdict && value.Status == MigrationStatus.Active)
                {
                    _verdict = value.Convergence.Verdict;
                    screen.Text($"outlook: {value.Convergence}");
                }

                MigrationPass? ended = _passes.Report(value);
                if (ended is not null) Show(ended);
                if (_passes.Current is { } current) Show(current);
                context.Refresh();
            }
        }

        /// <summary>The last pass ends with the migration.</summary>
        public void End()
        {
            lock (screen._gate)
            {
                if (_bar is not null) _bar.Value = _bar.MaxValue;
                context.Refresh();
            }
        }

        private void Show(MigrationPass pass)
        {
            if (_bar is null || pass.Number > _number)
            {
                if (_bar is not null) _bar.Value = _bar.MaxValue;
                _number = pass.Number;
                _bar = context.AddTask(Describe(pass));
            }

            _bar.Description = Describe(pass);
            _bar.MaxValue = pass.Bytes;
            _bar.Value = pass.Sent;
        }

        private static string Describe(MigrationPass pass) => $"pass {pass.Number}, {Format.Bytes(pass.Bytes)}";
    }
}
