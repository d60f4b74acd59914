using System.Globalization;
using System.Text;

namespace Qmp.Shell.Terminal;

/// <summary>Shows a prompt and a line, however many rows they need, and takes them away again.</summary>
internal sealed class LineScreen(ITerminal terminal)
{
    private int _cursorRow;

    /// <summary>Draws, over what was drawn before.</summary>
    public void Draw(string prompt, string text, int cursor)
    {
        int width = Math.Max(1, terminal.Width);
        string left = prompt + text[..cursor];
        (int endRow, int endColumn) = Place(prompt + text, width);
        (int row, int column) = Place(left, width);
        var output = new StringBuilder(Erasing()).Append(prompt).Append(text);
        // A cursor behind the last column waits there: the next row begins with what comes next.
        if (endColumn == 0 && endRow > 0) output.Append("\r\n");
        if (endRow > row) output.Append(CultureInfo.InvariantCulture, $"\e[{endRow - row}A");
        output.Append('\r');
        if (column > 0) output.Append(CultureInfo.InvariantCulture, $"\e[{column}C");
        terminal.Write(output.ToString());
        _cursorRow = row;
    }

    /// <summary>Takes everything away and writes something else there.</summary>
    public void Replace(string text)
    {
        terminal.Write(Erasing() + text);
        _cursorRow = 0;
    }

    /// <summary>Leaves everything where it is and goes below.</summary>
    public void Finish(string prompt, string text)
    {
        Draw(prompt, text, text.Length);
        // At the end of a full row the cursor is below already.
        if (Place(prompt + text, Math.Max(1, terminal.Width)) is not ( > 0, 0)) terminal.Write("\r\n");
        _cursorRow = 0;
    }

    private string Erasing() => _cursorRow == 0
        ? "\r\e[J"
        : string.Create(CultureInfo.InvariantCulture, $"\e[{_cursorRow}A\r\e[J");

    /// <summary>Where the cursor is behind a text.</summary>
    private static (int Row, int Column) Place(string text, int width)
    {
        int row = 0;
        int column = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int cells = CellWidth.Of(rune);
            if (column + cells > width)
            {
                row++;
                column = 0;
            }

            column += cells;
        }

        return column == width ? (row + 1, 0) : (row, column);
    }
}
