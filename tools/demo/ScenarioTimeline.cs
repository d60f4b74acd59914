using System.Globalization;
using System.Text;
using Qmp.Simulation;
using Qmp.Types;

namespace Demo;

/// <summary>Draws a scenario over time: one row each for the guest at either end, the bytes, the gate, the throttle.</summary>
internal sealed class ScenarioTimeline
{
    private const string Levels = " ▁▂▃▄▅▆▇█";

    private readonly ScenarioResult _result;
    private readonly int _columns;
    private readonly double _span; // ms

    /// <param name="result">What is drawn.</param>
    /// <param name="columns">Characters across.</param>
    public ScenarioTimeline(ScenarioResult result, int columns)
    {
        _result = result;
        _columns = columns;
        _span = Math.Max(1, result.Samples[^1].Milliseconds);
    }

    /// <summary>The rows: a name, a line of characters and what they mean.</summary>
    public IEnumerable<TimelineRow> Rows()
    {
        yield return new TimelineRow("source runs", Draw(s => s.SourceRuns), RowKind.Source);
        yield return new TimelineRow("destination runs", Draw(s => s.DestinationRuns), RowKind.Destination);
        if (Downtime() is { Length: > 0 } downtime) yield return new TimelineRow("downtime", downtime, RowKind.Downtime);
        yield return new TimelineRow("bytes sent", Flow(s => s.Forward), RowKind.Bytes);
        yield return new TimelineRow("bytes back", Flow(s => s.Backward), RowKind.Bytes);
        if (_result.Samples.Any(s => s.WaitsForAck))
        {
            yield return new TimelineRow("waits for the ack", Draw(s => s.WaitsForAck, '░'), RowKind.Gate);
        }

        if (_result.Samples.Any(s => s.Throttle > 0)) yield return new TimelineRow("throttle", Throttle(), RowKind.Gate);
        yield return new TimelineRow("status", Statuses(), RowKind.Axis);
        yield return new TimelineRow("ms", Axis(), RowKind.Axis);
    }

    private int ColumnOf(double milliseconds) =>
        (int)Math.Clamp(milliseconds / _span * _columns, 0, _columns - 1);

    // The samples of each column; one that has none shows what was before.
    private IEnumerable<IReadOnlyList<ScenarioSample>> Columns()
    {
        ILookup<int, ScenarioSample> columns = _result.Samples.ToLookup(s => ColumnOf(s.Milliseconds));
        ScenarioSample last = _result.Samples[0];
        for (int column = 0; column < _columns; column++)
        {
            List<ScenarioSample> samples = [.. columns[column]];
            if (samples.Count == 0) samples.Add(last);
            last = samples[^1];
            yield return samples;
        }
    }

    private string Draw(Func<ScenarioSample, bool> isOn, char on = '█') =>
        string.Concat(Columns().Select(c => c.All(isOn) ? on : c.Any(isOn) ? '▌' : ' '));

    // From the source's STOP to the guest's RESUME at either end, as clients see it.
    private string Downtime()
    {
        double? stop = null;
        char[] row = new string(' ', _columns).ToCharArray();
        foreach (ScenarioMessage message in _result.Messages)
        {
            if (message is { EventName: "STOP", On: ScenarioEnd.Source }) stop = message.Milliseconds;
            if (message.EventName != "RESUME" || stop is not { } from) continue;
            for (int column = ColumnOf(from); column <= ColumnOf(message.Milliseconds); column++) row[column] = '▒';
            stop = null;
        }

        return row.Contains('▒') ? new string(row) : "";
    }

    private string Flow(Func<ScenarioSample, long> total)
    {
        var flows = new List<long>();
        long before = 0;
        foreach (IReadOnlyList<ScenarioSample> column in Columns())
        {
            long now = total(column[^1]);
            flows.Add(now - before);
            before = now;
        }

        double most = Math.Max(1, flows.Max());
        return string.Concat(flows.Select(f => Levels[f == 0 ? 0 : Math.Max(1, (int)Math.Ceiling(f / most * 8))]));
    }

    private string Throttle() => string.Concat(
        Columns().Select(c => Levels[c.Max(s => s.Throttle) is var percent and > 0 ? Math.Max(1, percent * 8 / 100) : 0]));

    // Each status where it begins, as much of its name as there is room for; the last one in full.
    private string Statuses()
    {
        char[] row = new string('·', _columns).ToCharArray();
        int end = _columns;
        foreach (ScenarioSample sample in _result.Samples.Where(IsChange).Reverse())
        {
            string name = sample.Status.ToWireName();
            int at = ColumnOf(sample.Milliseconds);
            if (end == _columns) at = Math.Min(at, Math.Max(0, end - name.Length));
            name[..Math.Clamp(end - at, 0, name.Length)].CopyTo(row.AsSpan(Math.Min(at, end)));
            end = Math.Min(at, end);
        }

        return new string(row);

        bool IsChange(ScenarioSample sample, int index) =>
            index == 0 || _result.Samples[index - 1].Status != sample.Status;
    }

    private string Axis()
    {
        var row = new StringBuilder();
        int step = Math.Max(12, _columns / 6);
        for (int column = 0; column + 6 <= _columns; column += step)
        {
            row.Append(string.Create(CultureInfo.InvariantCulture, $"{_span * column / _columns:F0}").PadRight(step));
        }

        return row.Length > _columns ? row.ToString(0, _columns) : row.ToString().PadRight(_columns);
    }
}
