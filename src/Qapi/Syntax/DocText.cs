namespace Qapi.Syntax;

/// <summary>The shapes that a line of a documentation comment can have.</summary>
internal static class DocText
{
    private static readonly string[] Tags =
        ["Returns", "Errors", "Since", "TODO", "Notes", "Note", "Examples", "Example"];

    /// <summary>The number of leading blanks.</summary>
    public static int Indent(string line)
    {
        var indent = 0;
        while (indent < line.Length && Lexer.IsSpace(line[indent]))
            indent++;
        return indent;
    }

    public static string TrimEnd(string line)
    {
        var end = line.Length;
        while (end > 0 && Lexer.IsSpace(line[end - 1]))
            end--;
        return line.Substring(0, end);
    }

    /// <summary>Splits <c>@name: text</c>; anything without a colon may stand for the name.</summary>
    public static bool TryDescription(string line, out string name, out string text)
    {
        name = text = "";
        if (!line.StartsWith("@", StringComparison.Ordinal))
            return false;
        var colon = line.IndexOf(':');
        if (colon < 0)
            return false;
        name = line.Substring(1, colon - 1);
        text = line.Substring(colon + 1).TrimStart(' ');
        return true;
    }

    /// <summary>Splits <c>Tag: text</c> for the tags the language knows; <c>Tag::</c> is text.</summary>
    public static bool TryTag(string line, out string tag, out string text)
    {
        tag = text = "";
        foreach (var candidate in Tags)
        {
            if (line.Length <= candidate.Length || line[candidate.Length] != ':'
                || !line.StartsWith(candidate, StringComparison.Ordinal))
                continue;
            if (line.StartsWith("::", candidate.Length))
                return false;
            tag = candidate;
            text = line.Substring(candidate.Length + 1).TrimStart(' ');
            return true;
        }
        return false;
    }

    private static bool StartsWith(this string line, string text, int at) =>
        string.CompareOrdinal(line, at, text, 0, text.Length) == 0;
}
