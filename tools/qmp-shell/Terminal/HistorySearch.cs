namespace Qmp.Shell.Terminal;

/// <summary>Looks for a line of before while its text is being typed.</summary>
internal sealed class HistorySearch(History history)
{
    private string _text = "";
    private int _place = history.Lines.Count;
    private bool _failed;

    /// <summary>What to show instead of the prompt.</summary>
    public string Prompt => $"({(_failed ? "nothing older" : "search")}) {_text}: ";

    /// <summary>Takes a key.</summary>
    /// <returns>Whether the search goes on; if not, the key is for the line.</returns>
    public bool Press(KeyPress press, LineBuffer line)
    {
        switch (press.Key)
        {
            case Key.Text:
                _text += press.Text;
                Find(_place + 1, line);
                return true;
            case Key.Search:
                Find(_place, line);
                return true;
            case Key.EraseBack:
                _text = _text.Length > 0 ? _text[..^1] : "";
                Find(history.Lines.Count, line);
                return true;
            default:
                return false;
        }
    }

    private void Find(int before, LineBuffer line)
    {
        int found = _text.Length == 0 ? -1 : history.FindBack(_text, before);
        _failed = found < 0 && _text.Length > 0;
        if (found < 0) return;
        _place = found;
        line.Set(history.Lines[found]);
    }
}
