using System.Text;

namespace Qmp.Shell.Terminal;

/// <summary>A line that is being edited.</summary>
internal sealed class LineBuffer
{
    private readonly StringBuilder _text = new();
    private string _erased = "";

    /// <summary>What was typed.</summary>
    public string Text => _text.ToString();

    /// <summary>How many characters stand left of the cursor.</summary>
    public int Cursor { get; private set; }

    /// <summary>Replaces everything; the cursor goes to the end.</summary>
    public void Set(string text)
    {
        _text.Clear().Append(text);
        Cursor = text.Length;
    }

    /// <summary>Types.</summary>
    public void Insert(string text)
    {
        _text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    /// <summary>Replaces what stands between a place and the cursor.</summary>
    public void ReplaceBack(int start, string text)
    {
        _text.Remove(start, Cursor - start);
        Cursor = start;
        Insert(text);
    }

    /// <summary>Does what a key is for, if it is for editing.</summary>
    /// <returns>Whether it is.</returns>
    public bool TryEdit(KeyPress press)
    {
        switch (press.Key)
        {
            case Key.Text: Insert(press.Text); break;
            case Key.Left: Cursor = Before(Cursor); break;
            case Key.Right: Cursor = After(Cursor); break;
            case Key.WordLeft: Cursor = WordBefore(Cursor); break;
            case Key.WordRight: Cursor = WordAfter(Cursor); break;
            case Key.Home: Cursor = 0; break;
            case Key.End: Cursor = _text.Length; break;
            case Key.EraseBack: Erase(Before(Cursor), Cursor, keep: false); break;
            case Key.EraseForward: Erase(Cursor, After(Cursor), keep: false); break;
            case Key.EraseWordBack: Erase(WordBefore(Cursor), Cursor, keep: true); break;
            case Key.EraseWordForward: Erase(Cursor, WordAfter(Cursor), keep: true); break;
            case Key.EraseToStart: Erase(0, Cursor, keep: true); break;
            case Key.EraseToEnd: Erase(Cursor, _text.Length, keep: true); break;
            case Key.Yank: Insert(_erased); break;
            default: return false;
        }

        return true;
    }

    private void Erase(int start, int end, bool keep)
    {
        if (keep && end > start) _erased = _text.ToString(start, end - start);
        _text.Remove(start, end - start);
        Cursor = start;
    }

    private int Before(int place)
    {
        if (place == 0) return 0;
        return place > 1 && char.IsLowSurrogate(_text[place - 1]) ? place - 2 : place - 1;
    }

    private int After(int place)
    {
        if (place == _text.Length) return place;
        return place + 1 < _text.Length && char.IsHighSurrogate(_text[place]) ? place + 2 : place + 1;
    }

    private int WordBefore(int place)
    {
        while (place > 0 && !char.IsLetterOrDigit(_text[place - 1])) place--;
        while (place > 0 && char.IsLetterOrDigit(_text[place - 1])) place--;
        return place;
    }

    private int WordAfter(int place)
    {
        while (place < _text.Length && !char.IsLetterOrDigit(_text[place])) place++;
        while (place < _text.Length && char.IsLetterOrDigit(_text[place])) place++;
        return place;
    }
}
