using System.Globalization;
using Qmp.Interop.Emulators;

namespace Qmp.Interop.Kills;

/// <summary>What was seen of survivors: a text file with a line for each case and outcome, columns separated by tabs.</summary>
/// <remarks>Columns: point, victim, exit-on-error, how often, then those of <see cref="KillOutcome"/>.</remarks>
internal sealed class KillTable
{
    private const int CaseColumns = 4;

    private readonly List<(KillCase Case, int Count, KillOutcome Outcome)> _rows = [];

    /// <summary>What was recorded of pairs of QEMU.</summary>
    public static KillTable Recorded { get; } =
        Read(Path.Combine(AppContext.BaseDirectory, "Kills", "qemu.tsv"));

    /// <summary>Reads a table.</summary>
    public static KillTable Read(string path)
    {
        var table = new KillTable();
        foreach (string line in File.ReadLines(path).Where(l => !l.StartsWith('#')))
        {
            string[] columns = line.Split('\t');
            if (columns.Length != CaseColumns + KillOutcome.Columns) throw new InteropException($"{path}: {line}");
            var @case = new KillCase(
                Enum.Parse<KillPoint>(columns[0]), Enum.Parse<MigrationEnd>(columns[1]), bool.Parse(columns[2]));
            table._rows.Add((
                @case,
                int.Parse(columns[3], CultureInfo.InvariantCulture),
                KillOutcome.FromColumns(columns.AsSpan(CaseColumns))));
        }

        return table;
    }

    /// <summary>What can become of the survivor in that case.</summary>
    public IEnumerable<KillOutcome> Of(KillCase @case) => _rows.Where(r => r.Case == @case).Select(r => r.Outcome);

    /// <summary>Counts one outcome more.</summary>
    public void Add(KillCase @case, KillOutcome outcome)
    {
        int at = _rows.FindIndex(r => r.Case == @case && r.Outcome == outcome);
        if (at < 0) _rows.Add((@case, 1, outcome));
        else _rows[at] = _rows[at] with { Count = _rows[at].Count + 1 };
    }

    /// <summary>The lines of the file, without remarks.</summary>
    public IEnumerable<string> ToLines() => _rows.Select(r => string.Join('\t', (string[])
    [
        r.Case.Point.ToString(), r.Case.Victim.ToString(), r.Case.ExitsOnError.ToString(),
        r.Count.ToString(CultureInfo.InvariantCulture), .. r.Outcome.ToColumns(),
    ]));
}
