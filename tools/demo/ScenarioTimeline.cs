using System.Globalization;
using System.Text;
using Qmp.Simulation;
using Qmp.Types;

namespace Demo;

/// <summary>Draws a scenario over time: rows for the guest at either end, the bytes, the pages that it waits for, the gate, the throttle, the status.</summary>
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

        if (_result.Samples.Any(s => s.Faults > 0))
        {
            yield return new TimelineRow("page faults", Flow(s => s.Faults), RowKind.Gate);
            yield return new TimelineRow("page requests", Flow(s => s.Requests), RowKind.Gate);
            yield return new TimelineRow("waits for a page", Draw(s => s.Waiting > 0, '░'), RowKind.Gate);
            yield return new TimelineRow("median wait", Waits(s => s.MedianLatency), RowKind.Gate);
            yield return new TimelineRow("longest wait", Waits(s => s.LongestLatency), RowKind.Gate);
        }

        if (_result.Samples.Any(s => s.Throttle > 0)) yield return new TimelineRow("throttle", Throttle(), RowKind.Gate);
        string name = "status";
        foreach (string line in Statuses())
        {
            yield return new TimelineRow(name, line, RowKind.Axis);
            name = "";
        }

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

    private string Waits(Func<ScenarioSample, TimeSpan> wait) => string.Concat(
        Enumerable.Range(0, _columns).GroupJoin(
            _result.Samples, column => column, s => ColumnOf(s.Milliseconds),
            (_, samples) => Levels[(int)Math.Ceiling(LatencyScale.HeightOf(samples.Select(wait).DefaultIfEmpty().Max()) * 8)]));

    // The name of each status where it begins, in full: one that has no room goes a line further down. A pause is filled with ░
    // to its end, a recovery with ▓. Names that would not end before the edge begin earlier.
    private List<string> Statuses()
    {
        var lines = new List<char[]>();
        var free = new List<int>();
        foreach (ScenarioStatus status in _result.Statuses)
        {
            string name = status.Status.ToWireName();
            int begin = Math.Min(ColumnOf(status.From), Math.Max(0, _columns - name.Length));
            int line = free.FindIndex(column => column <= begin);
            if (line < 0)
            {
                line = lines.Count;
                lines.Add(new string(line == 0 ? '·' : ' ', _columns).ToCharArray());
                free.Add(0);
            }

            name.AsSpan(0, Math.Min(name.Length, _columns)).CopyTo(lines[line].AsSpan(begin));
            int end = begin + name.Length;
            if (status.IsPause || status.IsRecovery)
            {
                for (; end <= ColumnOf(status.To) && end < _columns; end++) lines[line][end] = status.IsPause ? '░' : '▓';
            }

            free[line] = end + 1;
        }

        return lines.Count == 0 ? [new string('·', _columns)] : [.. lines.Select(line => new string(line))];
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
