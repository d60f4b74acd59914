using System.Text;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>A line that people type into a terminal: what keys do to it, and what is sent to show that.</summary>
/// <remarks>
/// <para>Whatever has changed, the whole line is sent anew, from its first character on, after moving there; this is
/// what QEMU sends, and what programs that look for its echo expect.</para>
/// <para>Bytes count, not characters, as in QEMU.</para>
/// </remarks>
/// <param name="complete">
/// Takes the line up to the cursor, and returns the word that is being typed and all words that it may become.
/// </param>
internal sealed class LineEditor(Func<string, (string Word, IReadOnlyList<string> Choices)> complete)
{
    /// <summary>What is printed where a line is expected.</summary>
    public const string Prompt = "(qemu) ";

    private const int MaxLine = 4095;
    private const int ScreenWidth = 80;
    private const int MinColumn = 10;
    private const byte Escape = 27;

    private readonly List<byte> _line = [];
    private readonly LineHistory _history = new();
    private readonly List<byte> _output = [];
    private int _cursor;
    private byte[] _shown = [];
    private int _shownCursor;
    private KeyState _state;
    private int _parameter;

    private enum KeyState
    {
        Plain,
        Escaped,
        Sequence, // ESC [
        Function, // ESC O
    }

    /// <summary>Takes what is to be sent by now.</summary>
    public byte[] TakeOutput()
    {
        byte[] output = [.. _output];
        _output.Clear();
        return output;
    }

    /// <summary>Prints a text; line ends become those of terminals.</summary>
    public void Print(string text) => _output.AddRange(Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal)));

    /// <summary>Prints the prompt; what is there of a line is shown again with the next key.</summary>
    public void ShowPrompt()
    {
        Print(Prompt);
        _shown = [];
        _shownCursor = 0;
    }

    /// <summary>Takes a byte that was typed.</summary>
    /// <returns>The line, once it is complete.</returns>
    public string? Take(byte key)
    {
        switch (_state)
        {
            case KeyState.Plain:
                if (key is 10 or 13) return End();
                TakePlain(key);
                break;

            case KeyState.Escaped:
                _state = key switch
                {
                    (byte)'[' => KeyState.Sequence,
                    (byte)'O' => KeyState.Function,
                    _ => KeyState.Plain,
                };
                _parameter = 0;
                break;

            case KeyState.Sequence:
                TakeSequence((char)key);
                break;

            default:
                if (key == 'F') _cursor = _line.Count;
                if (key == 'H') _cursor = 0;
                _state = KeyState.Plain;
                break;
        }

        Update();
        return null;
    }

    private void TakePlain(byte key)
    {
        switch (key)
        {
            case 1: // Control-A
                _cursor = 0;
                break;

            case 4: // Control-D
                Delete();
                break;

            case 5: // Control-E
                _cursor = _line.Count;
                break;

            case 9:
                Complete();
                break;

            case 12: // Control-L
                Print("\u001b[2J\u001b[1;1H");
                ShowPrompt();
                break;

            case 14: // Control-N
                Replace(_history.Next());
                break;

            case 16: // Control-P
                Replace(_history.Previous());
                break;

            case 21: // Control-U
                _line.RemoveRange(0, _cursor);
                _cursor = 0;
                break;

            case 23: // Control-W
                DeleteWord();
                break;

            case Escape:
                _state = KeyState.Escaped;
                break;

            case 8 or 127:
                Backspace();
                break;

            case >= 32:
                Insert(key);
                break;
        }
    }

    private void TakeSequence(char key)
    {
        if (char.IsAsciiDigit(key))
        {
            _parameter = Math.Min((_parameter * 10) + (key - '0'), MaxLine);
            return;
        }

        _state = KeyState.Plain;
        switch (key)
        {
            case 'A' or 'F':
                Replace(_history.Previous());
                break;

            case 'B' or 'E':
                Replace(_history.Next());
                break;

            case 'C':
                _cursor = Math.Min(_cursor + 1, _line.Count);
                break;

            case 'D':
                _cursor = Math.Max(_cursor - 1, 0);
                break;

            case '~' when _parameter == 1:
                _cursor = 0;
                break;

            case '~' when _parameter == 3:
                Delete();
                break;

            case '~' when _parameter == 4:
                _cursor = _line.Count;
                break;
        }
    }

    private string End()
    {
        string line = Encoding.UTF8.GetString([.. _line]);
        _history.Add([.. _line]);
        _line.Clear();
        _cursor = 0;
        _shown = [];
        _shownCursor = 0;
        Print("\n");
        return line;
    }

    private void Insert(byte key)
    {
        if (_line.Count < MaxLine) _line.Insert(_cursor++, key);
    }

    private void Delete()
    {
        if (_cursor < _line.Count) _line.RemoveAt(_cursor);
    }

    private void Backspace()
    {
        if (_cursor > 0) _line.RemoveAt(--_cursor);
    }

    private void DeleteWord()
    {
        int start = _cursor;
        while (start > 0 && _line[start - 1] == ' ') start--;
        while (start > 0 && _line[start - 1] != ' ') start--;
        _line.RemoveRange(start, _cursor - start);
        _cursor = start;
    }

    private void Replace(byte[]? line)
    {
        if (line is null) return;
        _line.Clear();
        _line.AddRange(line);
        _cursor = _line.Count;
    }

    private void Complete()
    {
        (string word, IReadOnlyList<string> choices) = complete(Encoding.UTF8.GetString([.. _line[.._cursor]]));
        if (choices.Count == 0) return;
        string[] sorted = [.. choices.Order(StringComparer.Ordinal)];
        int common = sorted[0].Zip(sorted[^1]).TakeWhile(pair => pair.First == pair.Second).Count();
        if (sorted.Length == 1) sorted[0] += " ";
        foreach (char c in sorted[0][word.Length..(sorted.Length == 1 ? sorted[0].Length : common)]) Insert((byte)c);
        if (sorted.Length > 1) List(sorted);
    }

    private void List(string[] choices)
    {
        int width = Math.Clamp(choices.Max(c => c.Length) + 2, MinColumn, ScreenWidth);
        int columns = ScreenWidth / width;
        Print("\n");
        for (int i = 0; i < choices.Length; i++)
        {
            Print(choices[i].PadRight(width));
            if ((i + 1) % columns == 0 || i == choices.Length - 1) Print("\n");
        }

        ShowPrompt();
    }

    private void Update()
    {
        if (!_line.SequenceEqual(_shown))
        {
            for (int i = 0; i < _shownCursor; i++) Print("\u001b[D");
            _output.AddRange(_line);
            Print("\u001b[K");
            _shown = [.. _line];
            _shownCursor = _line.Count;
        }

        for (; _shownCursor < _cursor; _shownCursor++) Print("\u001b[C");
        for (; _shownCursor > _cursor; _shownCursor--) Print("\u001b[D");
    }
}
