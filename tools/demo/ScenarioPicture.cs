using System.Globalization;
using System.Text;
using Qmp.Simulation;
using Qmp.Types;

namespace Demo;

/// <summary>Draws a scenario over time as SVG: the guest at either end, bytes, gate, throttle, status.</summary>
internal sealed class ScenarioPicture
{
    private const int Left = 150;
    private const int Right = 24;
    private const int Width = 900;
    private const int RowHeight = 22;
    private const int RowGap = 12;
    private const int FlowHeight = 60;

    private readonly ScenarioResult _result;
    private readonly StringBuilder _body = new();
    private readonly double _span; // ms
    private double _y = 30;

    public ScenarioPicture(ScenarioResult result)
    {
        _result = result;
        _span = Math.Max(1, result.Samples[^1].Milliseconds);
    }

    /// <summary>The picture.</summary>
    /// <param name="title">What it is called.</param>
    public string Draw(string title)
    {
        Band("guest runs at the source", s => s.SourceRuns, "#3b82c4");
        Band("at the destination", s => s.DestinationRuns, "#2f9e6e");
        Band("nowhere (downtime)", s => !s.SourceRuns && !s.DestinationRuns, "#d0533f");
        if (_result.Samples.Any(s => s.WaitsForAck)) Band("waits for the ack", s => s.WaitsForAck, "#c9a227");
        Flow("bytes sent", s => s.Forward, "#6b7a90");
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

    // What was added, in steps of a pixel or two.
    private void Flow(string name, Func<ScenarioSample, long> total, string colour)
    {
        const int Steps = 240;
        var flows = new double[Steps];
        long before = 0;
        foreach (ScenarioSample sample in _result.Samples)
        {
            long now = total(sample);
            flows[(int)Math.Clamp(sample.Milliseconds / _span * Steps, 0, Steps - 1)] += now - before;
            before = now;
        }

        double most = Math.Max(1, flows.Max());
        Area(name, flows.Select((flow, i) => (X: X((i + 0.5) * _span / Steps), Height: flow / most * FlowHeight)), colour);
    }

    private void Levels(string name, Func<ScenarioSample, double> level, double most, string colour) =>
        Area(name, _result.Samples.Select(s => (X(s.Milliseconds), level(s) / most * FlowHeight)), colour);

    private void Area(string name, IEnumerable<(double X, double Height)> points, string colour)
    {
        Label(name, _y + (FlowHeight / 2) + 4);
        double bottom = _y + FlowHeight;
        var path = new StringBuilder($"M{Left} {Number(bottom)}");
        foreach ((double x, double height) in points) path.Append(CultureInfo.InvariantCulture, $"L{Number(x)} {Number(bottom - height)}");
        _body.Append(
            CultureInfo.InvariantCulture, $"<path d=\"{path}L{Width - Right} {Number(bottom)}Z\" fill=\"{colour}\"/>\n");
        _y += FlowHeight + RowGap;
    }

    // A line where a status begins; names that would overlap go one below the other.
    private void Statuses()
    {
        Label("status", _y + 12);
        MigrationStatus? shown = null;
        double free = 0;
        int row = 0;
        foreach (ScenarioSample sample in _result.Samples.Where(s => s.Status != MigrationStatus.None))
        {
            if (sample.Status == shown) continue;
            shown = sample.Status;
            string name = sample.Status.ToWireName();
            double x = Math.Min(X(sample.Milliseconds), Width - Right - (name.Length * 6.5));
            row = x < free ? row + 1 : 0;
            free = x + (name.Length * 7) + 8;
            _body.Append(
                CultureInfo.InvariantCulture,
                $"<line x1=\"{Number(X(sample.Milliseconds))}\" x2=\"{Number(X(sample.Milliseconds))}\" y1=\"28\" y2=\"{Number(_y)}\" stroke=\"#bbb\" stroke-dasharray=\"2 3\"/>\n"
                    + $"<text x=\"{Number(x)}\" y=\"{Number(_y + 12 + (row * 14))}\" fill=\"#333\">{name}</text>\n");
        }

        _y += 44;
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
