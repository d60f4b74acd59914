using System.Globalization;
using Qmp.Simulation.Text;
using Qmp.Types;

namespace Qmp.Simulation.Sweeps;

/// <summary>Reads what a sweep sets: <c>PATH=VALUE:VALUE:…</c>, <c>PATH=FROM..TO/N</c> or <c>PATH=FROM..TO*N</c>.</summary>
public static class AxisText
{
    private const int MostValues = 100_000;

    /// <summary>Reads it.</summary>
    /// <exception cref="ScenarioException">It is nothing of the kind.</exception>
    public static SweepAxis Parse(string text)
    {
        int equals = text.IndexOf('=');
        if (equals <= 0) throw new ScenarioException($"'{text}' is not PATH=VALUES");
        string path = text[..equals];
        string[] values = [.. text[(equals + 1)..].Split(':').SelectMany(part => Values(part, path))];
        if (values.Any(value => value.Length == 0)) throw new ScenarioException($"'{text}' has an empty value");
        return new SweepAxis { Name = path, Values = values };
    }

    private static IEnumerable<string> Values(string part, string path)
    {
        int dots = part.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0) return [part];
        int sign = part.IndexOfAny(['/', '*'], dots);
        string name = path[(path.LastIndexOf('.') + 1)..];
        if (sign < 0 || !int.TryParse(part[(sign + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || count is < 2 or > MostValues
            || !Quantity.TryParse(part[..dots], name, out double from)
            || !Quantity.TryParse(part[(dots + 2)..sign], name, out double to)
            || (part[sign] == '*' && (from <= 0 || to <= 0)))
        {
            throw new ScenarioException($"'{part}' is not FROM..TO/N with even steps, or FROM..TO*N with even factors");
        }

        return Enumerable.Range(0, count).Select(i => (double)i / (count - 1))
            .Select(share => part[sign] == '/' ? from + ((to - from) * share) : from * Math.Pow(to / from, share))
            .Select(value => Math.Abs(value) >= 100 || value == Math.Floor(value)
                ? ((long)Math.Round(value)).ToString(CultureInfo.InvariantCulture)
                : Math.Round(value, 4).ToString(CultureInfo.InvariantCulture));
    }
}
