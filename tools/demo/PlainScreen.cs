using Qmp.Client.Migration;
using Qmp.Simulation;
using Qmp.Types;

namespace Demo;

/// <summary>Lines of text, for pipes and logs.</summary>
internal sealed class PlainScreen(TextWriter output) : DemoScreen
{
    private const int Width = 240;
    private const int TimelineWidth = 80;

    private readonly Lock _gate = new(); // one line at a time

    public override void Step(string text) => Write($"== {text}");

    public override void Text(string text) => Write(text);

    public override void Timeline(ScenarioResult result)
    {
        foreach (TimelineRow row in new ScenarioTimeline(result, TimelineWidth).Rows()) Write($"{row.Name,18} |{row.Text}|");
    }

    public override void Line(string who, string text) => Write($"{who,-11} {Format.Shorten(text, Width)}");

    public override void Summary(IReadOnlyList<(string Name, string Value)> figures, bool success, string verdict)
    {
        Step(verdict);
        foreach ((string name, string value) in figures) Write($"{name,-24} {value}");
    }

    public override void Fail(string reason) => Write($"demo: {reason}");

    public override async Task<T> WatchAsync<T>(Func<IProgress<MigrationProgress>, Task<T>> run)
    {
        var lines = new Lines(this);
        T result = await run(lines);
        lines.End();
        return result;
    }

    private void Write(string text)
    {
        lock (_gate) output.WriteLine(text);
    }

    private sealed class Lines(PlainScreen screen) : IProgress<MigrationProgress>
    {
        private readonly PassTracker _passes = new();
        private ConvergenceVerdict _verdict;

        public void Report(MigrationProgress value)
        {
            if (value.Convergence.Verdict != _verdict && value.Status == MigrationStatus.Active)
            {
                _verdict = value.Convergence.Verdict;
                screen.Write($"outlook: {value.Convergence}");
            }

            if (_passes.Report(value) is not { } pass) return;
            Show(pass, $" at {Format.Rate(value.SendRate)}, the guest dirties {Format.Rate(value.DirtyRate)}");
        }

        /// <summary>The last pass ends with the migration.</summary>
        public void End()
        {
            if (_passes.Current is { } pass) Show(pass, "");
        }

        private void Show(MigrationPass pass, string more) =>
            screen.Write($"pass {pass.Number}: {Format.Bytes(pass.Bytes)} sent{more}");
    }
}
