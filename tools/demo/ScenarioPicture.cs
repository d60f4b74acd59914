using System.Globalization;
using System.Text;
using Qmp.Simulation;
using Qmp.Types;

namespace Demo;

/// <summary>Draws a scenario over time as SVG: the guest at either end, bytes, pages that it waits for, gate, throttle, status.</summary>
internal sealed class ScenarioPicture
{
    private const int Left = 150;
    private const int Right = 24;
    private const int Width = 900;
    private const int RowHeight = 22;
    private const int RowGap = 12;
    private const int FlowHeight = 60;
    private const int NameHeight = 14;
    private const int MostSteps = 240; // of some pixels

    private readonly ScenarioResult _result;
    private readonly StringBuilder _body = new();
    private readonly double _span; // ms
    private readonly int _steps; // no finer than the samples
    private double _y = 30;

    public ScenarioPicture(ScenarioResult result)
    {
        _result = result;
        _span = Math.Max(1, result.Samples[^1].Milliseconds);
        _steps = Math.Min(MostSteps, result.Samples.Count);
    }

    /// <summary>The picture.</summary>
    /// <param name="title">What it is called.</param>
    public string Draw(string title)
    {
        Band("runs at the source", s => s.SourceRuns, "#3b82c4");
        Band("at the destination", s => s.DestinationRuns, "#2f9e6e");
        Band("nowhere (downtime)", s => !s.SourceRuns && !s.DestinationRuns, "#d0533f");
        if (_result.Samples.Any(s => s.WaitsForAck)) Band("waits for the ack", s => s.WaitsForAck, "#c9a227");
        Flow("bytes sent", s => s.Forward, "#6b7a90");
        if (_result.Samples.Any(s => s.Faults > 0)) Pages();
        if (_result.Samples.Any(s => s.Throttle > 0)) Levels("throttle, percent", s => s.Throttle, 100, "#a05cc2");
        Statuses();
        Axis();
        string height = Number(_y + 10);
        return $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"system-ui,sans-serif\" font-size=\"12\">\n"
            + $"<title>{title}</title>\n<rect width=\"{Width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
            + $"<text x=\"12\" y=\"18\" font-weight=\"600\" fill=\"#333\">{title}</text>\n{_body}</svg>\n";
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private double X(double milliseconds) =>
        Left + (Math.Clamp(milliseconds, 0, _span) / _span * (Width - Left - Right));

    private void Label(string text, double y) =>
        _body.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 10}\" y=\"{Number(y)}\" text-anchor=\"end\" fill=\"#555\">{text}</text>\n");

    // A bar for as long as something is so.
    private void Band(string name, Func<ScenarioSample, bool> isOn, string colour)
    {
        Label(name, _y + 15);
        double? from = null;
        foreach (ScenarioSample sample in _result.Samples)
        {
            if (isOn(sample)) from ??= sample.Milliseconds;
            else End(sample.Milliseconds);
        }

        End(_span);
        _y += RowHeight + RowGap;

        void End(double at)
        {
            if (from is not { } start) return;
            _body.Append(
                CultureInfo.InvariantCulture,
                $"<rect x=\"{Number(X(start))}\" y=\"{Number(_y)}\" width=\"{Number(Math.Max(1, X(at) - X(start)))}\" height=\"{RowHeight}\" rx=\"3\" fill=\"{colour}\"/>\n");
            from = null;
        }
    }

    // The pages that the guest missed.
    private void Pages()
    {
        Band("waits for a page", s => s.Waiting > 0, "#c9a227");
        Flow("page faults", s => s.Faults, "#b3742f");
        Flow("page requests", s => s.Requests, "#6b7a90");
        Label(LatencyScale.Range, _y + (FlowHeight / 2) + 18);
        Waits("longest, median wait", s => s.LongestLatency, "#d9a5a0");
        _y -= FlowHeight + RowGap;
        Waits("", s => s.MedianLatency, "#a8473b");
    }

    // The longest in each step, as a bar.
    private void Waits(string name, Func<ScenarioSample, TimeSpan> wait, string colour)
    {
        var heights = new double[_steps];
        foreach (ScenarioSample sample in _result.Samples)
        {
            ref double height = ref heights[StepOf(sample)];
            height = Math.Max(height, LatencyScale.HeightOf(wait(sample)) * FlowHeight);
        }

        Area(name, heights.SelectMany((height, i) => new[] { (X(i * _span / _steps), height), (X((i + 1) * _span / _steps), height) }), colour);
    }

    private int StepOf(ScenarioSample sample) => (int)Math.Clamp(sample.Milliseconds / _span * _steps, 0, _steps - 1);

    // What was added.
    private void Flow(string name, Func<ScenarioSample, long> total, string colour)
    {
        var flows = new double[_steps];
        long before = 0;
        foreach (ScenarioSample sample in _result.Samples)
        {
            long now = total(sample);
            flows[StepOf(sample)] += now - before;
            before = now;
        }

        double most = Math.Max(1, flows.Max());
        Area(name, flows.Select((flow, i) => (X: X((i + 0.5) * _span / _steps), Height: flow / most * FlowHeight)), colour);
    }

    private void Levels(string name, Func<ScenarioSample, double> level, double most, string colour) =>
        Area(name, _result.Samples.Select(s => (X(s.Milliseconds), level(s) / most * FlowHeight)), colour);

    private void Area(string name, IEnumerable<(double X, double Height)> points, string colour)
    {
        if (name.Length > 0) Label(name, _y + (FlowHeight / 2) + 4);
        double bottom = _y + FlowHeight;
        var path = new StringBuilder($"M{Left} {Number(bottom)}");
        foreach ((double x, double height) in points) path.Append(CultureInfo.InvariantCulture, $"L{Number(x)} {Number(bottom - height)}");
        _body.Append(
            CultureInfo.InvariantCulture, $"<path d=\"{path}L{Width - Right} {Number(bottom)}Z\" fill=\"{colour}\"/>\n");
        _y += FlowHeight + RowGap;
    }

    // A line where a status begins; names that would overlap go one below the other. Pauses and recoveries are marked as long as they last.
    private void Statuses()
    {
        Label("status", _y + 12);
        var free = new List<double>();
        foreach (ScenarioStatus status in _result.Statuses)
        {
            string name = status.Status.ToWireName();
            double start = X(status.From);
            double x = Math.Min(start, Width - Right - (name.Length * 6.5));
            int row = free.FindIndex(end => end <= x);
            if (row < 0)
            {
                row = free.Count;
                free.Add(0);
            }

            free[row] = x + (name.Length * 7) + 8;
            if (status.IsPause || status.IsRecovery)
            {
                double width = Math.Max(2, X(status.To) - start);
                free[row] = Math.Max(free[row], start + width);
                _body.Append(
                    CultureInfo.InvariantCulture,
                    $"<rect x=\"{Number(start)}\" y=\"{Number(_y + 1 + (row * NameHeight))}\" width=\"{Number(width)}\" height=\"{NameHeight}\" fill=\"{(status.IsPause ? "#f2d9b0" : "#cfe3c4")}\"/>\n");
            }

            _body.Append(
                CultureInfo.InvariantCulture,
                $"<line x1=\"{Number(start)}\" x2=\"{Number(start)}\" y1=\"28\" y2=\"{Number(_y)}\" stroke=\"#bbb\" stroke-dasharray=\"2 3\"/>\n"
                    + $"<text x=\"{Number(x)}\" y=\"{Number(_y + 12 + (row * NameHeight))}\" fill=\"#333\">{name}</text>\n");
        }

        _y += Math.Max(44, (free.Count * NameHeight) + 16);
    }

    private void Axis()
    {
        double step = Math.Pow(10, Math.Floor(Math.Log10(_span / 4)));
        if (_span / step > 20) step *= 5;
        else if (_span / step > 9) step *= 2;
        _body.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Number(_y)}\" y2=\"{Number(_y)}\" stroke=\"#999\"/>\n");
        for (double at = 0; at <= _span; at += step)
        {
            _body.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{Number(X(at))}\" y=\"{Number(_y + 15)}\" text-anchor=\"middle\" fill=\"#777\">{Number(at / 1000)} s</text>\n");
        }

        _y += 18;
    }
}
