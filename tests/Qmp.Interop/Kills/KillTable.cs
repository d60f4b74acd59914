using System.Globalization;
using Qmp.Interop.Emulators;

namespace Qmp.Interop.Kills;

/// <summary>What was seen of survivors: a text file with a line for each case and outcome, columns separated by tabs.</summary>
/// <remarks>Columns: point, victim, exit-on-error, survivor, how often, then those of <see cref="KillOutcome"/>.</remarks>
internal sealed class KillTable
{
    /// <summary>What the columns are, as a remark.</summary>
    public const string Heading =
        "# point\tvictim\texit-on-error\tsurvivor\tcount\tstatus\trun state\texit status\terror-desc";

    private const int CaseColumns = 5;

    private readonly List<(KillCase Case, MigrationEnd Survivor, int Count, KillOutcome Outcome)> _rows = [];

    /// <summary>What was recorded of pairs of QEMU.</summary>
    public static KillTable Recorded { get; } = new();

    static KillTable()
    {
        Recorded.Read("qemu.tsv", isMultifd: false);
        Recorded.Read("qemu-multifd.tsv", isMultifd: true);
    }

    /// <summary>What can become of that end in that case.</summary>
    public IEnumerable<KillOutcome> Of(KillCase @case, MigrationEnd survivor) =>
        _rows.Where(r => r.Case == @case && r.Survivor == survivor).Select(r => r.Outcome);

    /// <summary>Counts one outcome more.</summary>
    public void Add(KillCase @case, MigrationEnd survivor, KillOutcome outcome)
    {
        int at = _rows.FindIndex(r => r.Case == @case && r.Survivor == survivor && r.Outcome == outcome);
        if (at < 0) _rows.Add((@case, survivor, 1, outcome));
        else _rows[at] = _rows[at] with { Count = _rows[at].Count + 1 };
    }

    /// <summary>The lines of the file, without remarks.</summary>
    public IEnumerable<string> ToLines() => _rows.OrderBy(r => r.Survivor).Select(r => string.Join('\t', (string[])
    [
        r.Case.Point.ToString(), r.Case.Victim.ToString(), r.Case.ExitsOnError.ToString(), r.Survivor.ToString(),
        r.Count.ToString(CultureInfo.InvariantCulture), .. r.Outcome.ToColumns(),
    ]));

    private void Read(string name, bool isMultifd)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Kills", name);
        foreach (string line in File.ReadLines(path).Where(l => !l.StartsWith('#')))
        {
            string[] columns = line.Split('\t');
            if (columns.Length != CaseColumns + KillOutcome.Columns) throw new InteropException($"{path}: {line}");
            var @case = new KillCase(
                Enum.Parse<KillPoint>(columns[0]), Enum.Parse<KillVictim>(columns[1]), bool.Parse(columns[2]), isMultifd);
            _rows.Add((
                @case,
                Enum.Parse<MigrationEnd>(columns[3]),
                int.Parse(columns[4], CultureInfo.InvariantCulture),
                KillOutcome.FromColumns(columns.AsSpan(CaseColumns))));
        }
    }
}
