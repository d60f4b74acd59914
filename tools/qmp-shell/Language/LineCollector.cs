namespace Qmp.Shell.Language;

/// <summary>Joins lines that belong together: an open quote or bracket, or a backslash at the end.</summary>
internal sealed class LineCollector
{
    private string _text = "";

    /// <summary>Whether more lines are needed.</summary>
    public bool IsOpen => _text.Length > 0;

    /// <summary>Drops what was collected.</summary>
    public void Reset() => _text = "";

    /// <summary>Takes a line; an empty one ends everything.</summary>
    /// <returns>The whole, once it is complete.</returns>
    public string? Add(string line)
    {
        bool isEnd = line.Length == 0;
        // A comment may have an apostrophe in it.
        if (!IsOpen && CommandParser.IsBlank(line)) return line;
        string text = _text + line;
        if (!isEnd && !WordScanner.IsComplete(text))
        {
            _text = text.EndsWith('\\') ? text[..^1] + ' ' : text + '\n';
            return null;
        }

        _text = "";
        return text;
    }
}
