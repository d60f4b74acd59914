namespace Qmp.Shell.Language;

/// <summary>Takes a command line apart. It takes anything: what is wrong with it, the parser says.</summary>
internal static class WordScanner
{
    /// <summary>All words of the text.</summary>
    public static IReadOnlyList<Word> Scan(string text)
    {
        var words = new List<Word>();
        int at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at == text.Length) return words;
            words.Add(ScanWord(text, ref at));
        }
    }

    /// <summary>Whether more lines are needed: for a quote, a bracket, or after a backslash at the end.</summary>
    public static bool IsComplete(string text)
    {
        if (text.EndsWith('\\')) return false;
        IReadOnlyList<Word> words = Scan(text);
        return words.Count == 0 || !words[^1].IsOpen;
    }

    private static Word ScanWord(string text, ref int at)
    {
        int start = at;
        int equalSign = -1;
        bool isOpen = false;
        if (text[at] is '{' or '[') SkipLiteral(text, ref at, out isOpen);
        while (at < text.Length && !char.IsWhiteSpace(text[at]))
        {
            bool ends = text[at] == '=' && equalSign < 0;
            at++;
            if (!ends) continue;
            equalSign = at - 1 - start;
            if (at < text.Length && text[at] is '{' or '[' or '"' or '\'') SkipLiteral(text, ref at, out isOpen);
        }

        return new Word(start, text[start..at], equalSign, isOpen);
    }

    /// <summary>Goes to the end of a string, list or object; brackets are only counted.</summary>
    private static void SkipLiteral(string text, ref int at, out bool isOpen)
    {
        int depth = 0;
        isOpen = true;
        while (at < text.Length)
        {
            char c = text[at++];
            switch (c)
            {
                case '"' or '\'':
                    if (!SkipString(text, c, ref at)) return;
                    break;
                case '{' or '[':
                    depth++;
                    break;
                case '}' or ']':
                    depth--;
                    break;
                default:
                    continue;
            }

            if (depth > 0) continue;
            isOpen = false;
            return;
        }
    }

    private static bool SkipString(string text, char quote, ref int at)
    {
        while (at < text.Length)
        {
            char c = text[at++];
            if (c == quote) return true;
            if (c == '\\' && at < text.Length) at++;
        }

        return false;
    }
}
