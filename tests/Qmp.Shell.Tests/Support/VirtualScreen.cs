using System.Text;
using Qmp.Shell.Terminal;

namespace Qmp.Shell.Tests.Support;

/// <summary>A terminal of a few rows that understands what the editor sends, and nothing else.</summary>
internal sealed class VirtualScreen(int width)
{
    private readonly List<StringBuilder> _rows = [new()];
    private readonly StringBuilder _sequence = new();
    private bool _inSequence;
    private int _row;
    private int _column;

    /// <summary>How often the bell rang.</summary>
    public int Bells { get; private set; }

    /// <summary>All rows, without spaces at their ends.</summary>
    public string Text => string.Join('\n', _rows.Select(r => r.ToString().Replace("\0", "", StringComparison.Ordinal).TrimEnd()))
        .TrimEnd('\n');

    /// <summary>Row and column, from 0.</summary>
    public (int Row, int Column) Cursor => (_row, _column);

    public void Write(string text)
    {
        foreach (Rune rune in text.EnumerateRunes()) Write(rune);
    }

    private void Write(Rune rune)
    {
        if (_inSequence)
        {
            _sequence.Append(rune);
            if (rune.Value == '[' || (_sequence.Length > 1 && rune.Value is < 0x40 or > 0x7e)) return;
            _inSequence = false;
            Run(_sequence.ToString());
            return;
        }

        switch (rune.Value)
        {
            case '\e':
                _inSequence = true;
                _sequence.Clear();
                break;
            case '\r':
                _column = 0;
                break;
            case '\n':
                Down();
                break;
            case '\a':
                Bells++;
                break;
            default:
                Put(rune);
                break;
        }
    }

    private void Put(Rune rune)
    {
        int cells = CellWidth.Of(rune);
        // The cursor waits behind the last column until something else is written.
        if (_column + cells > width)
        {
            _column = 0;
            Down();
        }

        StringBuilder row = _rows[_row];
        while (row.Length < _column + cells) row.Append(' ');
        row[_column] = rune.ToString()[0];
        if (cells == 2) row[_column + 1] = '\0';
        _column += cells;
    }

    private void Down()
    {
        _row++;
        if (_row == _rows.Count) _rows.Add(new());
    }

    private void Run(string sequence)
    {
        int number = sequence.Length > 2 && int.TryParse(sequence[1..^1], out int given) ? given : 1;
        switch (sequence[^1])
        {
            case 'A':
                _row = Math.Max(0, _row - number);
                break;
            case 'C':
                _column = Math.Min(width - 1, _column + number);
                break;
            case 'H':
                (_row, _column) = (0, 0);
                break;
            case 'J' when sequence == "[2J":
                _rows.Clear();
                _rows.Add(new());
                break;
            case 'J':
                if (_rows[_row].Length > _column) _rows[_row].Length = _column;
                _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
                break;
            case 'm' or 'h' or 'l' or '=':
                // Colours, and modes of the keyboard.
                break;
            default:
                throw new InvalidOperationException($"the editor sent ESC {sequence}");
        }
    }
}
