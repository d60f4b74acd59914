using System.Text;
using Qmp.Shell.Terminal;

namespace Qmp.Shell.Tests.Support;

/// <summary>A terminal of a few rows that understands what the editor sends, and nothing else.</summary>
internal sealed class VirtualScreen(int width)
{
    private readonly HashSet<StringBuilder> _wrapped = []; // rows that go on in the next one
    private int _width = width;
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

    /// <summary>
    /// Wraps lines anew, as terminals do; the cursor stays with its character. Every character takes one cell.
    /// </summary>
    public void Resize(int columns)
    {
        var lines = new List<StringBuilder> { new() };
        (int line, int place) = (0, 0);
        for (int row = 0; row < _rows.Count; row++)
        {
            if (row == _row) (line, place) = (lines.Count - 1, lines[^1].Length + _column);
            lines[^1].Append(_rows[row]);
            if (!_wrapped.Contains(_rows[row]) && row < _rows.Count - 1) lines.Add(new());
        }

        _rows.Clear();
        _wrapped.Clear();
        _width = columns;
        for (int i = 0; i < lines.Count; i++)
        {
            int first = _rows.Count;
            string text = lines[i].ToString();
            for (int at = 0; at == 0 || at < text.Length; at += columns)
            {
                if (at > 0) _wrapped.Add(_rows[^1]);
                _rows.Add(new(text[at..Math.Min(text.Length, at + columns)]));
            }

            if (i == line) (_row, _column) = (first + (place / columns), place % columns);
        }

        while (_row >= _rows.Count) _rows.Add(new());
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
        if (_column + cells > _width)
        {
            _column = 0;
            _wrapped.Add(_rows[_row]);
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
                _column = Math.Min(_width - 1, _column + number);
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
                _wrapped.Remove(_rows[_row]);
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
