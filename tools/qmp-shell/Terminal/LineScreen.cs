using System.Globalization;
using System.Text;

namespace Qmp.Shell.Terminal;

/// <summary>Shows a prompt and a line, however many rows they need, and takes them away again.</summary>
internal sealed class LineScreen(ITerminal terminal)
{
    /// <summary>What terminals have that do not know their width: those of containers and of <c>expect</c>.</summary>
    private const int UsualWidth = 80;

    // What stands left of the cursor, and whether the cursor was sent to the row below it.
    private string _left = "";
    private bool _isBelow;

    /// <summary>Columns; always some.</summary>
    public int Width => terminal.Width is > 0 and var width ? width : UsualWidth;

    /// <summary>Draws, over what was drawn before.</summary>
    public void Draw(string prompt, string text, int cursor)
    {
        int width = Width;
        string left = prompt + text[..cursor];
        (int endRow, int endColumn) = Place(prompt + text, width);
        (int row, int column) = Place(left, width);
        var output = new StringBuilder(Erasing(width)).Append(prompt).Append(text);
        // A cursor behind the last column waits there: the next row begins with what comes next.
        bool isFull = endColumn == 0 && endRow > 0;
        if (isFull) output.Append("\r\n");
        if (endRow > row) output.Append(CultureInfo.InvariantCulture, $"\e[{endRow - row}A");
        output.Append('\r');
        if (column > 0) output.Append(CultureInfo.InvariantCulture, $"\e[{column}C");
        terminal.Write(output.ToString());
        _left = left;
        _isBelow = isFull && row == endRow;
    }

    /// <summary>Takes everything away and writes something else there.</summary>
    public void Replace(string text)
    {
        terminal.Write(Erasing(Width) + text);
        Forget();
    }

    /// <summary>Leaves everything where it is and goes below.</summary>
    public void Finish(string prompt, string text)
    {
        Draw(prompt, text, text.Length);
        // At the end of a full row the cursor is below already.
        if (Place(prompt + text, Width) is not ( > 0, 0)) terminal.Write("\r\n");
        Forget();
    }

    /// <summary>Somebody else has written: what was drawn is left alone, the next drawing begins where the cursor is.</summary>
    public void Forget()
    {
        _left = "";
        _isBelow = false;
    }

    /// <summary>Goes to the next row, unless the cursor is at the beginning of one. Where it is, nobody knows.</summary>
    public void BeginRow()
    {
        // So many cells end in the next row if there was something in this one, and otherwise behind its last column.
        terminal.Write(new string(' ', Width) + "\r\e[J");
        Forget();
    }

    // A terminal that gets another width wraps lines anew; the cursor stays with the character that it stood on.
    private string Erasing(int width)
    {
        (int row, int column) = Place(_left, width);
        if (_isBelow && column > 0) row++;
        return row == 0 ? "\r\e[J" : string.Create(CultureInfo.InvariantCulture, $"\e[{row}A\r\e[J");
    }

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
