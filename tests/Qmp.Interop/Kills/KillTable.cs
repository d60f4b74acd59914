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

    // What a source says that writes and reads at once when its destination dies: whichever of the two is first.
    private static readonly string[] BrokenConnections =
    [
        "Channel error: Input/output error", "Unable to read from socket: Connection reset by peer",
        "Unable to write to socket: Broken pipe", "Unable to write to socket: Connection reset by peer",
    ];

    private readonly List<(KillCase Case, MigrationEnd Survivor, int Count, KillOutcome Outcome)> _rows = [];

    private static readonly KillTable Recorded = Read(("qemu.tsv", KillKind.Plain), ("qemu-multifd.tsv", KillKind.Multifd), ("qemu-postcopy.tsv", KillKind.Postcopy));
    private static readonly KillTable Better = Read(("qmpd-multifd.tsv", KillKind.Multifd));

    /// <summary>
    /// What may become of that end: what was recorded of pairs of QEMU, or, where they come to no end and qmpd does, that.
    /// </summary>
    /// <remarks>
    /// Of the texts of a broken connection, runs have shown some. QEMU may say each of them, and is not what is judged; qmpd says one
    /// that was seen.
    /// </remarks>
    public static IReadOnlyList<KillOutcome> Expected(KillCase @case, MigrationEnd survivor, Pair pair)
    {
        bool isQmpd = (survivor == MigrationEnd.Source ? pair.Source : pair.Destination) == EmulatorKind.Qmpd;
        KillOutcome[] better = pair.Destination == EmulatorKind.Qmpd ? [.. Better.Of(@case, survivor)] : [];
        if (better is not []) return better;
        return isQmpd ? [.. Recorded.Of(@case, survivor).Where(o => o.Answers)] : [.. Recorded.Of(@case, survivor).SelectMany(WithOtherTexts)];
    }

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

    private static IEnumerable<KillOutcome> WithOtherTexts(KillOutcome seen) =>
        BrokenConnections.Contains(seen.Error) ? BrokenConnections.Select(t => seen with { Error = t }) : [seen];

    // A source does not know whether its destination exits.
    private IEnumerable<KillOutcome> Of(KillCase @case, MigrationEnd survivor) =>
        from row in _rows
        where row.Survivor == survivor
        where row.Case == @case || (survivor == MigrationEnd.Source && row.Case with { ExitsOnError = @case.ExitsOnError } == @case)
        select row.Outcome;

    private static KillTable Read(params IEnumerable<(string Name, KillKind Kind)> files)
    {
        var table = new KillTable();
        foreach ((string name, KillKind kind) in files)
        {
            string path = Path.Combine(AppContext.BaseDirectory, "Kills", name);
            foreach (string line in File.ReadLines(path).Where(l => !l.StartsWith('#'))) table.Read(line, kind);
        }

        return table;
    }

    private void Read(string line, KillKind kind)
    {
        string[] columns = line.Split('\t');
        if (columns.Length != CaseColumns + KillOutcome.Columns) throw new InteropException(line);
        var @case = new KillCase(
            Enum.Parse<KillPoint>(columns[0]), Enum.Parse<KillVictim>(columns[1]), bool.Parse(columns[2]), kind);
        _rows.Add((
            @case,
            Enum.Parse<MigrationEnd>(columns[3]),
            int.Parse(columns[4], CultureInfo.InvariantCulture),
            KillOutcome.FromColumns(columns.AsSpan(CaseColumns))));
    }
}
